// What the service is made of, as a software bill of materials on standard output: CycloneDX, by npm from package-lock.json,
// without the tools. npm's own `--omit dev` leaves out what anybody uses as a tool, though the service runs on it.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const words = ['sbom', '--sbom-format', 'cyclonedx', '--sbom-type', 'application', '--package-lock-only'];
const bom = JSON.parse(execFileSync('npm', words, { encoding: 'utf8', maxBuffer: 1 << 28 }));
const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8'));

/** A package may lie in several places, and be a tool in one of them alone. */
const running = new Set(
  Object.entries(packages)
    .filter(([, { dev = false }]) => !dev)
    .map(
      ([path, { version, name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length) }]) =>
        purlOf(name, version),
    ),
);
const components = bom.components.filter(({ purl }) => running.has(purl));
const refs = new Set([bom.metadata.component, ...components].map((component) => component['bom-ref']));
const dependencies = bom.dependencies
  .filter(({ ref }) => refs.has(ref))
  .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter((one) => refs.has(one)) }));

console.log(JSON.stringify({ ...bom, components, dependencies }, null, 2));

function purlOf(name, version) {
  return `pkg:npm/${name.replace('@', '%40')}@${version}`;
}
