#!/usr/bin/env bash
# `npm run test:first-start`: the operator's ten minutes. Types the commands of docs/operations.md, "First production start", word
# by word as root on a bare Debian: from the release's files to a key, a call with it, and a `doctor` that finds nothing.
# Debian: mmdebstrap iproute2; needs root. Exit status 2: what it takes is not here, and nothing was tried.
# BARE_ROOT names a file where the bare root is kept for the next run.
set -euo pipefail
cd "$(dirname "$0")/../.."
[ "$(id -u)" -eq 0 ] || { echo 'Needs root.'; exit 2; }
for program in mmdebstrap unshare ip node npm; do
  command -v "$program" >/dev/null || { echo "Missing: $program. Debian: apt-get install mmdebstrap iproute2 util-linux"; exit 2; }
done

unshare --mount --pid --net --fork true 2>/dev/null || { echo 'This machine allows no namespaces of one’s own.'; exit 2; }

work=$(mktemp -d)
root="$work/root"
trap 'rm -rf "$work"' EXIT

echo '— A bare Debian with PostgreSQL, and this machine’s Node.'
bare=${BARE_ROOT:-$work/bare.tar}
packages=ca-certificates,curl,libatomic1,libstdc++6,openssl,postgresql,procps
[ -f "$bare" ] || mmdebstrap --quiet --variant=minbase --include="$packages" bookworm "$bare" ||
  { echo 'No bare Debian could be made here.'; exit 2; }
mkdir "$root"
tar -xf "$bare" -C "$root"
install -D "$(readlink -f "$(command -v node)")" "$root/usr/local/bin/node"
mkdir -p "$root/usr/local/lib/node_modules"
cp -a "$(dirname "$(dirname "$(readlink -f "$(command -v npm)")")")" "$root/usr/local/lib/node_modules/npm"
ln -s ../lib/node_modules/npm/bin/npm-cli.js "$root/usr/local/bin/npm"
# What reaches npm's registry from here: the network's names, whom this machine trusts, and how npm was set up.
cp -L /etc/resolv.conf /etc/hosts "$root/etc/"
cp /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/ca-certificates.crt"
if [ -f "$HOME/.npmrc" ]; then install -m 600 "$HOME/.npmrc" "$root/root/.npmrc"; fi

echo '— The release’s files.'
release=cryptocomply-auth-$(node -p 'require("./package.json").version')
mkdir -p "$root/opt/$release"
ln -s "$release" "$root/opt/cryptocomply-auth"
git ls-files -z | tar --null -cf - -T - | tar -xf - -C "$root/opt/$release" --no-same-owner

node test/first-start/commands.mjs docs/operations.md "$work"
for part in build run; do install -m 755 "$work/$part.sh" "$root/root/$part.sh"; done
# Its own processes, which end with it; a network of its own, so that its ports are free, for all but what is downloaded.
inside() {
  unshare --mount --pid --fork --kill-child "$@" -- bash -c '
    ip link set lo up
    mount -t proc proc "$0/proc" && mount --rbind /dev "$0/dev"
    exec chroot "$0" env -i HOME=/root LANG=C.UTF-8 NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt \
      PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin bash "$1"' "$root" "$script"
}
started=$SECONDS
script=/root/build.sh inside
script=/root/run.sh inside --net | tee "$work/told"
took=$((SECONDS - started))

grep -qx '\[{"id":1,"name":"Northwind","role":"Owner"}\]' "$work/told" || { echo 'The call with the key was not answered.'; exit 1; }
grep -qx '0 problems, 0 warnings.' "$work/told" || { echo 'The doctor found something.'; exit 1; }
grep -Eq '^[0-9]+ +[A-Za-z0-9]{8} +First call +1 +1 +read_only +active' "$work/told" || { echo 'The key is not listed.'; exit 1; }
echo "— Done as the document says, in $((took / 60)) minutes and $((took % 60)) seconds."
