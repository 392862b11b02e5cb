# Shared by the scripts beside it.

say() { printf '%s: %s\n' "$(basename "$0")" "$*"; }
fail() { say "$*" >&2; exit 1; }

# need_go lets every go command run the version that go.mod pins, which the go
# command fetches if it is not there, also where the environment says
# GOTOOLCHAIN=local. It stops with a plain sentence if that cannot be had.
need_go() {
  command -v go >/dev/null || fail "Go 1.26 or newer is needed, and no go command was found. See https://go.dev/doc/install"
  local pinned said
  pinned=$(sed -n 's/^toolchain //p' go.mod)
  if ! said=$(GOTOOLCHAIN=$pinned go env GOVERSION 2>&1); then
    fail "the toolchain $pinned is not on this machine and could not be fetched: connect to the network for the first build, or install Go ${pinned#go} (https://go.dev/doc/install). The go command says: $(tail -n 1 <<<"$said")"
  fi
  said=$(GOTOOLCHAIN=$pinned go env GOVERSION 2>/dev/null)
  [ "$said" = "$pinned" ] || fail "Go 1.26 or newer is needed, which fetches $pinned; this is $said"
  export GOTOOLCHAIN=$pinned
}

# need_chromium finds a Chromium, or installs Debian's, and sets CHROMIUM.
need_chromium() {
  for name in "${CHROMIUM:-}" chromium chromium-browser google-chrome; do
    if [ -n "$name" ] && command -v "$name" >/dev/null; then CHROMIUM=$(command -v "$name"); export CHROMIUM; return; fi
  done
  command -v apt-get >/dev/null || fail "the browser tests need Chromium: install it and set CHROMIUM to its path"
  local sudo=""
  [ "$(id -u)" = 0 ] || sudo="sudo -n"
  say "installing Chromium from Debian's packages"
  { $sudo apt-get update -qq && DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -qq chromium; } >/dev/null 2>&1 \
    || fail "the browser tests need Chromium, and apt-get could not install it"
  CHROMIUM=$(command -v chromium); export CHROMIUM
}

# want_firefox finds a Firefox, or installs Debian's, and sets FIREFOX. Without
# one it says so plainly: the browser tests then run in Chromium only.
want_firefox() {
  for name in "${FIREFOX:-}" firefox-esr firefox; do
    if [ -n "$name" ] && command -v "$name" >/dev/null; then FIREFOX=$(command -v "$name"); export FIREFOX; return; fi
  done
  local sudo=""
  [ "$(id -u)" = 0 ] || sudo="sudo -n"
  say "installing Firefox from Debian's packages"
  if command -v apt-get >/dev/null && { $sudo apt-get update -qq && DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -qq firefox-esr; } >/dev/null 2>&1; then
    FIREFOX=$(command -v firefox-esr); export FIREFOX
  else
    say "LEFT OUT: the smoke test in Firefox, since there is none and apt-get could not install it"
  fi
}

# want_webkit finds WebKitGTK's driver and a screen in memory, or installs
# Debian's. Without them it says so plainly.
want_webkit() {
  command -v WebKitWebDriver >/dev/null && command -v Xvfb >/dev/null && return
  local sudo=""
  [ "$(id -u)" = 0 ] || sudo="sudo -n"
  say "installing WebKitGTK's driver and Xvfb from Debian's packages"
  if ! command -v apt-get >/dev/null || ! { $sudo apt-get update -qq && DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -qq --no-install-recommends webkit2gtk-driver xvfb; } >/dev/null 2>&1; then
    say "LEFT OUT: the smoke test in WebKitGTK, since there is none and apt-get could not install it"
  fi
}

# want_deploy_tools has what the tests of server/deploy run: nginx, Caddy,
# promtool and an emulator of ARM, unpacked from Debian's packages into
# .cache/debian, where nothing of it is started, and buildah, which is installed.
# What cannot be had leaves its tests out, and they say so.
want_deploy_tools() {
  local package into="$PWD/.cache/debian" sudo=""
  [ "$(id -u)" = 0 ] || sudo="sudo -n"
  command -v apt-get >/dev/null || { say "LEFT OUT: tests of server/deploy whose tools are missing, since there is no apt-get"; return; }
  mkdir -p "$into/packages"
  for package in nginx qemu-user-static caddy prometheus; do
    [ -e "$into/packages/$package" ] && continue
    say "unpacking $package from Debian's packages"
    if (cd "$into/packages" && rm -f "${package}"_*.deb \
      && { apt-get download -qq "$package" || { $sudo apt-get update -qq && apt-get download -qq "$package"; }; } \
      && dpkg-deb -x "${package}"_*.deb "$into" && rm "${package}"_*.deb) >/dev/null 2>&1; then
      touch "$into/packages/$package"
    else
      say "LEFT OUT: the tests of server/deploy that need $package, since apt-get could not fetch it"
    fi
  done
  command -v buildah >/dev/null && return
  say "installing buildah from Debian's packages"
  { $sudo apt-get update -qq && DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -qq --no-install-recommends buildah; } >/dev/null 2>&1 \
    || say "LEFT OUT: the build of the images, since apt-get could not install buildah"
}
