#!/usr/bin/env bash
# `npm run test:image`: builds the Dockerfile, line by line, with buildah, on a bare root of Debian packages and this machine's Node in
# place of the official image, and runs what came out of it: not as root, on a read-only root, against a PostgreSQL of its
# own. Debian: buildah mmdebstrap. Needs root. Everything is made in one temporary folder, which goes away in the end.
set -euo pipefail
cd "$(dirname "$0")/../.."
for program in buildah mmdebstrap unshare setpriv; do
  command -v "$program" >/dev/null || { echo "Missing: $program. Debian: apt-get install buildah mmdebstrap util-linux"; exit 2; }
done

work=$(mktemp -d)
export XDG_RUNTIME_DIR="$work"
# A store of its own: nothing of this machine's images is read or changed.
store=(--root "$work/store" --runroot "$work/run" --storage-driver overlay)
container=
finish() {
  [ -z "$container" ] || buildah "${store[@]}" rm --all >/dev/null 2>&1 || true
  rm -rf "$work"
}
trap finish EXIT

echo '1. A bare root: Debian, and Node where the official image has it.'
root=${BARE_ROOT:-$work/root.tar}
[ -f "$root" ] || mmdebstrap --quiet --variant=minbase --include=ca-certificates,libstdc++6,libatomic1 bookworm "$root"
base=$(buildah "${store[@]}" from scratch)
buildah "${store[@]}" add --quiet "$base" "$root" / >/dev/null
buildah "${store[@]}" copy --quiet "$base" "$(readlink -f "$(command -v node)")" /usr/local/bin/node >/dev/null
npm=$(dirname "$(dirname "$(readlink -f "$(command -v npm)")")")
buildah "${store[@]}" copy --quiet "$base" "$npm" /usr/local/lib/node_modules/npm >/dev/null
in_base() { buildah "${store[@]}" run --isolation chroot "$base" -- "$@"; }
in_base ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm
in_base useradd --uid 1000 --create-home node
# Whom this machine trusts, so that npm reaches what it reaches here.
trusted=/etc/ssl/certs/ca-certificates.crt
buildah "${store[@]}" copy --quiet "$base" "$trusted" "$trusted" >/dev/null
buildah "${store[@]}" config --env "NODE_EXTRA_CA_CERTS=$trusted" "$base"
buildah "${store[@]}" commit --quiet "$base" localhost/bare-node >/dev/null
buildah "${store[@]}" rm "$base" >/dev/null

echo '2. The Dockerfile.'
secret=()
if [ -f "$HOME/.npmrc" ]; then secret=(--secret "id=npmrc,src=$HOME/.npmrc"); fi
buildah "${store[@]}" build --isolation chroot --pull-never --build-arg NODE=localhost/bare-node "${secret[@]}" \
  --format docker --tag localhost/cryptocomply-auth .

echo '3. What came out of it.'
container=$(buildah "${store[@]}" from --pull-never localhost/cryptocomply-auth)
mounted=$(buildah "${store[@]}" mount "$container")
buildah "${store[@]}" inspect --type image localhost/cryptocomply-auth >"$work/image.json"
node test/image/check.mjs "$mounted" "$work/image.json"
