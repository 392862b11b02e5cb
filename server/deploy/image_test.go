//go:build deploy

package deploy_test

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// builder is an image builder that needs no daemon.
type builder struct {
	program, dir string
	goroot       string
	storage      string
	env          []string
}

// newBuilder prepares Debian's buildah with a base image that stands in for
// Go's, which a machine without a registry does not have: an empty one into
// which this machine's programs and toolchain are bound.
func newBuilder(t *testing.T) *builder {
	const what = "the build of the images"
	asRoot(t, what)
	b := &builder{program: tool(t, "buildah", what), dir: t.TempDir(), storage: "overlay"}
	b.env = append(os.Environ(), "TMPDIR="+b.dir)
	b.goroot = strings.TrimSpace(run(t, goCommand(t, nil, "env", "GOROOT")))
	for _, folder := range []string{"root", "tmp", "usr", "goroot", "gocache", "gomod", "proc", "dev", "etc/ssl/certs"} {
		if err := os.MkdirAll(filepath.Join(b.dir, "base", folder), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"bin", "lib", "lib64"} {
		if err := os.Symlink("usr/"+name, filepath.Join(b.dir, "base", name)); err != nil {
			t.Fatal(err)
		}
	}
	write(t, filepath.Join(b.dir, "base/etc/ssl/certs/ca-certificates.crt"), read(t, "/etc/ssl/certs/ca-certificates.crt"), 0o644)
	write(t, filepath.Join(b.dir, "Base"), "FROM scratch\nCOPY base/ /\n"+
		"ENV PATH=/goroot/bin:/usr/bin:/bin GOTOOLCHAIN=local GOCACHE=/gocache GOMODCACHE=/gomod GOFLAGS=-mod=readonly\n", 0o644)
	base := []string{"bud", "--isolation", "chroot", "-t", "localhost/go", "-f", filepath.Join(b.dir, "Base"), b.dir}
	if out, err := b.command(base...).CombinedOutput(); err != nil {
		t.Logf("no overlay file system here (%v: %s): files are copied", err, out)
		b.storage = "vfs"
		run(t, b.command(base...))
	}
	t.Cleanup(func() { run(t, b.command("rm", "--all")) })
	return b
}

func (b *builder) command(args ...string) *exec.Cmd {
	cmd := exec.Command(b.program, append([]string{"--root", b.dir + "/store", "--runroot", b.dir + "/run", "--storage-driver", b.storage}, args...)...)
	cmd.Env = b.env
	return cmd
}

// build builds a target of the Dockerfile. The stage of the pages, which takes
// minutes, is the build that ./scripts/run has left.
func (b *builder) build(t *testing.T, target string) {
	t.Helper()
	cache := strings.Fields(run(t, goCommand(t, nil, "env", "GOCACHE", "GOMODCACHE")))
	run(t, b.command("bud", "--isolation", "chroot", "--format", "docker",
		"--build-arg", "GO_IMAGE=localhost/go", "--build-arg", "TARGETARCH="+runtime.GOARCH,
		"--build-arg", "VERSION=1.2.3", "--build-arg", "REVISION=0123456789ab",
		"--build-context", "assets="+b.assets(t),
		"--volume", "/usr:/usr:ro", "--volume", b.goroot+":/goroot:ro", "--volume", cache[0]+":/gocache", "--volume", cache[1]+":/gomod",
		"--ignorefile", filepath.Join(top(t), "server/deploy/Dockerfile.dockerignore"),
		"--target", target, "-t", "localhost/"+target, "-f", filepath.Join(top(t), "server/deploy/Dockerfile"), top(t)))
}

// assets is a folder with the built pages where the stage has them.
func (b *builder) assets(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(b.dir, "context")
	if _, err := os.Stat(dir); err == nil {
		return dir
	}
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	run(t, exec.Command("cp", "-r", filepath.Join(top(t), "assets/dist"), filepath.Join(dir, "assets")))
	return dir
}

// image is what a runtime reads of an image, and its files.
type image struct {
	root   string
	Config struct {
		User         string
		Env          []string
		Entrypoint   []string
		Labels       map[string]string
		Volumes      map[string]struct{}
		ExposedPorts map[string]struct{}
		Healthcheck  struct{ Test []string }
	} `json:"config"`
}

func (b *builder) image(t *testing.T, target string) image {
	t.Helper()
	id := strings.TrimSpace(run(t, b.command("from", "localhost/"+target)))
	var im image
	var described struct{ Docker json.RawMessage }
	if err := json.Unmarshal([]byte(run(t, b.command("inspect", "--type", "image", "localhost/"+target))), &described); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(described.Docker, &im); err != nil {
		t.Fatal(err)
	}
	im.root = strings.TrimSpace(run(t, b.command("mount", id)))
	return im
}

// container is a command in the image as a runtime starts it: root is read-only,
// its folder is the volume, the user is the image's, and of the environment there is what the image has
// and what is given.
func (im image) container(t *testing.T, volume, folder string, args []string, env ...string) *exec.Cmd {
	t.Helper()
	script := `mount --make-rprivate /; mount --bind "$1" "$1"; mount -o remount,bind,ro "$1"; mount --bind "$2" "$1$3"; root=$1 user=$4; shift 4; exec env -i "$@"`
	line := []string{"--mount", "sh", "-ec", script, "sh", im.root, volume, folder, im.Config.User}
	line = append(line, im.Config.Env...)
	line = append(line, env...)
	line = append(line, tool(t, "chroot", "the start of an image"), "--userspec="+im.Config.User, im.root)
	return exec.Command(tool(t, "unshare", "the start of an image"), append(line, args...)...)
}

// files lists the regular files of the image.
func (im image) files(t *testing.T) []string {
	t.Helper()
	var list []string
	err := filepath.WalkDir(im.root, func(path string, d os.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			list = append(list, strings.TrimPrefix(path, im.root))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// volume is a folder as a runtime makes a named volume: with the owner and the
// mode that the image's folder has.
func (im image) volume(t *testing.T, folder string) string {
	t.Helper()
	dir := t.TempDir()
	run(t, exec.Command("cp", "-a", im.root+folder+"/.", dir))
	return dir
}

// TestImages builds the images from their Dockerfile and runs them as a container
// runtime would.
func TestImages(t *testing.T) {
	b := newBuilder(t)
	t.Run("site", func(t *testing.T) { testSiteImage(t, b) })
	t.Run("tally", func(t *testing.T) { testTallyImage(t, b) })
}

func testSiteImage(t *testing.T, b *builder) {
	b.build(t, "site")
	im := b.image(t, "site")
	if got := strings.Join(im.files(t), " "); got != "/etc/group /etc/passwd /etc/ssl/certs/ca-certificates.crt /zoneaxis-server" {
		t.Errorf("in the image: %s", got)
	}
	for name, want := range map[string]string{"title": "zoneaxis", "version": "1.2.3", "revision": "0123456789ab", "licenses": "MIT"} {
		if got := im.Config.Labels["org.opencontainers.image."+name]; got != want {
			t.Errorf("label %s: %q, want %q", name, got, want)
		}
	}
	if im.Config.User != "65532:65532" {
		t.Errorf("user %q", im.Config.User)
	}
	fake, base := upstream(t)
	secret := filepath.Join(t.TempDir(), "key")
	const folder = "/var/cache/zoneaxis"
	volume := im.volume(t, folder)
	write(t, secret, key, 0o644)
	run(t, exec.Command("cp", secret, filepath.Join(volume, "key"))) // a secret is a file that is mounted
	p := serve(t, im.container(t, volume, folder, im.Config.Entrypoint, "ADDR=127.0.0.1:0", "MP_BASE_URL="+base, "MP_API_KEY_FILE="+folder+"/key"))

	if status := read(t, fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid)); !strings.Contains(status, "Uid:\t65532\t65532") || !strings.Contains(status, "CapEff:\t0000000000000000") {
		t.Errorf("it runs with more than it needs:\n%s", status)
	}
	if environ := strings.Split(strings.Trim(read(t, fmt.Sprintf("/proc/%d/environ", p.cmd.Process.Pid)), "\x00"), "\x00"); len(environ) != len(im.Config.Env)+2 || strings.Contains(strings.Join(environ, " "), "HOME=") {
		t.Errorf("environment %q", environ)
	}
	if a := get(t, p.url+"/sim?c=si&z=1,1,0"); a.status != 200 || !strings.Contains(string(a.body), "<svg") {
		t.Errorf("page: %d %.200s", a.status, a.body)
	}
	if a := get(t, p.url+"/library/"); a.status != 200 {
		t.Errorf("a page of the build: %d", a.status)
	}
	if a := get(t, p.url+"/api/structure/mp-22862"); a.status != 200 || fake.Count(22862) != 1 {
		t.Errorf("a structure: %d, asked %d times: %.300s", a.status, fake.Count(22862), a.body)
	}
	eventually(t, "the structure is kept in the volume", func() error {
		if kept, err := filepath.Glob(filepath.Join(volume, "v1/*/22862.json")); err != nil || len(kept) != 1 {
			return fmt.Errorf("found %v, %v", kept, err)
		}
		return nil
	})
	if im.Config.Healthcheck.Test[0] != "CMD" {
		t.Fatalf("health check %q", im.Config.Healthcheck.Test)
	}
	healthy := func() error {
		cmd := im.container(t, volume, folder, im.Config.Healthcheck.Test[1:], "ADDR="+strings.TrimPrefix(p.url, "http://"))
		out, err := cmd.CombinedOutput()
		if err != nil {
			return fmt.Errorf("%w: %s", err, out)
		}
		return nil
	}
	if err := healthy(); err != nil {
		t.Errorf("health check: %v", err)
	}
	if err := stop(t, p); err != nil {
		t.Errorf("SIGTERM: %v\n%s", err, p.text())
	}
	if healthy() == nil {
		t.Error("the health check of a stopped site succeeds")
	}

	// What is kept outlives the container: another one needs no upstream.
	p = serve(t, im.container(t, volume, folder, im.Config.Entrypoint, "ADDR=127.0.0.1:0"))
	if a := get(t, p.url+"/api/structure/mp-22862"); a.status != 200 {
		t.Errorf("after a new start: %d", a.status)
	}
	if err := stop(t, p); err != nil {
		t.Errorf("SIGTERM: %v", err)
	}

	// A volume that cannot be written is told of.
	locked := t.TempDir()
	p = serve(t, im.container(t, locked, folder, im.Config.Entrypoint, "ADDR=127.0.0.1:0", "MP_BASE_URL="+base, "MP_API_KEY="+key))
	if a := get(t, p.url+"/api/structure/mp-22862"); a.status != 200 || !strings.Contains(p.text(), "permission denied") {
		t.Errorf("a volume of somebody else: %d\n%s", a.status, p.text())
	}
	stop(t, p)
}

func testTallyImage(t *testing.T, b *builder) {
	b.build(t, "tally")
	im := b.image(t, "tally")
	if got := strings.Join(im.files(t), " "); got != "/etc/group /etc/passwd /etc/ssl/certs/ca-certificates.crt /tally" {
		t.Errorf("in the image: %s", got)
	}
	const folder, token = "/var/lib/tally", "a-token-of-the-test-of-the-image"
	volume, addr := im.volume(t, folder), freePort(t)
	p := launch(t, im.container(t, volume, folder, im.Config.Entrypoint, "ADDR="+addr, "TOKEN="+token))
	healthy := func() error {
		out, err := im.container(t, volume, folder, im.Config.Healthcheck.Test[1:], "ADDR="+addr).CombinedOutput()
		if err != nil {
			return fmt.Errorf("%w: %s", err, out)
		}
		return nil
	}
	eventually(t, "tally is healthy", healthy)
	if status := read(t, fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid)); !strings.Contains(status, "Uid:\t65532\t65532") || !strings.Contains(status, "CapEff:\t0000000000000000") {
		t.Errorf("it runs with more than it needs:\n%s", status)
	}
	if err := stop(t, p); err != nil {
		t.Errorf("SIGTERM: %v\n%s", err, p.text())
	}
	if kept, err := os.ReadDir(volume); err != nil || len(kept) == 0 {
		t.Errorf("nothing is in the volume: %v", err)
	}

	// Without its token it says in one sentence what to do.
	p = launch(t, im.container(t, volume, folder, im.Config.Entrypoint, "ADDR="+addr))
	<-p.ended
	if text := p.text(); p.err == nil || !strings.Contains(text, "TOKEN_FILE") || strings.Count(strings.TrimSpace(text), "\n") > 1 {
		t.Errorf("without a token: %v, %s", p.err, text)
	}
}
