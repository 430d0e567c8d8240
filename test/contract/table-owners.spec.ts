import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

/**
 * Which folder of `src` a table belongs to: it alone reads and writes it. Everybody else asks that folder, or reads one of
 * the views that say what works and what reaches what (ADR 0045).
 */
const OWNERS: Readonly<Record<string, string>> = {
  users: 'users',
  organizations: 'organizations',
  members: 'organizations',
  roles: 'organizations',
  access_keys: 'api-access-keys',
  access_key_tally: 'api-access-keys',
  access_key_counts: 'api-access-keys',
  access_key_grants: 'api-access-keys',
  access_key_requests: 'api-access-keys',
  service_policy: 'api-access-keys',
  bulk_revocations: 'api-access-keys',
  sessions: 'auth',
  token_families: 'auth',
  refresh_tokens: 'auth',
  password_links: 'auth',
  provider_keys: 'provider-keys',
  sealing_canaries: 'provider-keys',
  provider_calls: 'call-summaries',
  call_summaries: 'call-summaries',
  audit_events: 'audit',
  audit_unsealed: 'audit',
  audit_links: 'audit',
  audit_heads: 'audit',
  audit_archived: 'audit',
  audit_verifications: 'audit',
  tool_confirmations: 'mcp',
  idempotency_keys: 'acts',
  rate_limits: 'rate-limits',
  migrations: 'database',
};

/** Where a table is named outside of its owner, each with its reason. */
const EXCEPTIONS: Readonly<Record<string, string>> = {
  'database/system-roles.ts: roles': 'migrate writes the system roles before any feature runs',
};

/** Entities by the name of their class. */
const TABLE_OF_ENTITY: Readonly<Record<string, string>> = Object.fromEntries(
  sourceFiles()
    .filter((file) => file.endsWith('.entity.ts'))
    .flatMap((file) => {
      const text = readFileSync(path.join('src', file), 'utf8');
      return [...text.matchAll(/@Entity\('(\w+)'[\s\S]*?export class (\w+)/g)].map(
        ([, table = '', name = '']) => [name, table],
      );
    }),
);

interface Named {
  /** Below `src`. */
  readonly file: string;
  readonly table: string;
}

let database: TestDatabase;
let tables: string[];
let named: Named[];
beforeAll(async () => {
  database = await createTestDatabase();
  const rows = await database.query<{ name: string }>(
    `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'`,
  );
  tables = rows.map(({ name }) => name);
  named = sourceFiles().flatMap((file) => tablesNamedIn(file).map((table) => ({ file, table })));
});
afterAll(() => database.drop());

function sourceFiles(): string[] {
  return readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
}

/** The tables in the SQL of a file, and those whose entities it uses for more than a relation of its own. */
function tablesNamedIn(file: string): string[] {
  const text = readFileSync(path.join('src', file), 'utf8');
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || ts.isTemplateMiddleOrTemplateTail(node)) {
      found.push(...tablesIn(node.text), ...(isTableName(node.text) ? [node.text] : []));
    }
    if (ts.isImportDeclaration(node) && !file.endsWith('.entity.ts')) found.push(...entitiesIn(node));
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found.filter((name) => tables.includes(name));
}

/** A table that is put into a statement elsewhere. Names of one word are those of other things as well. */
const isTableName = (text: string): boolean => text.includes('_') && text in OWNERS;

function tablesIn(text: string): string[] {
  return [...text.matchAll(/\b(?:FROM|JOIN|UPDATE|INTO|USING)\s+(?:ONLY\s+)?"?([a-z_]+)"?/g)].map(
    ([, table = '']) => table,
  );
}

/** Entities that are imported as values: what a repository or a query builder takes. */
function entitiesIn({ importClause, moduleSpecifier }: ts.ImportDeclaration): string[] {
  const from = moduleSpecifier.getText().slice(1, -1);
  if (
    !from.endsWith('.entity.js') ||
    !importClause ||
    importClause.phaseModifier === ts.SyntaxKind.TypeKeyword
  )
    return [];
  const { namedBindings } = importClause;
  const names = namedBindings && ts.isNamedImports(namedBindings) ? namedBindings.elements : [];
  return names
    .filter(({ isTypeOnly }) => !isTypeOnly)
    .flatMap(({ name }) => TABLE_OF_ENTITY[name.text] ?? []);
}

const folderOf = (file: string): string => file.split('/')[0] ?? '';

describe('Every table has one home (ADR 0007)', () => {
  it('every table of the database has an owner that is a folder of `src`, and no owner has a table that is not there', () => {
    expect(Object.keys(OWNERS).toSorted()).toEqual(tables.toSorted());
    const folders = new Set(sourceFiles().map(folderOf));
    expect(Object.values(OWNERS).filter((folder) => !folders.has(folder))).toEqual([]);
  });

  it('finds the SQL and the entities of every table, so that it says something', () => {
    const read = new Set(named.map(({ table }) => table));
    expect(tables.filter((table) => !read.has(table))).toEqual([]);
    expect(named.length).toBeGreaterThan(100);
  });

  it('no file names a table that another folder owns, in SQL or by its entity', () => {
    const strangers = named
      .filter(({ file, table }) => folderOf(file) !== OWNERS[table])
      .map(({ file, table }) => `${file}: ${table}`);
    expect([...new Set(strangers)].toSorted()).toEqual(Object.keys(EXCEPTIONS).toSorted());
  });
});
