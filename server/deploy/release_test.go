//go:build deploy

package deploy_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// TestRelease makes the release for this machine twice, compares the bytes,
// unpacks the package into a folder and runs what is in it.
func TestRelease(t *testing.T) {
	made := func() string {
		dir := filepath.Join(t.TempDir(), "release")
		cmd := exec.Command(filepath.Join(top(t), "scripts/release"), dir)
		cmd.Dir = top(t)
		cmd.Env = append(os.Environ(), "TARGETS=linux/"+runtime.GOARCH, "VERSION=1.2.3", "SOURCE_DATE_EPOCH=1700000000")
		if out, err := cmd.CombinedOutput(); err != nil {
			if strings.Contains(string(out), "dial tcp") {
				t.Skipf("LEFT OUT: the release, whose tools could not be fetched: %s", out)
			}
			t.Fatalf("%v\n%s", err, out)
		}
		return dir
	}
	first, second := made(), made()
	// The list of checksums covers every other file.
	sums := read(t, filepath.Join(first, "SHA256SUMS"))
	if again := read(t, filepath.Join(second, "SHA256SUMS")); again != sums {
		t.Errorf("made twice, and not the same:\n%s\n%s", sums, again)
	}
	check := exec.Command("sha256sum", "--check", "--strict", "SHA256SUMS")
	check.Dir = first
	run(t, check)
	archive, deb := "zoneaxis-1.2.3-linux-"+runtime.GOARCH+".tar.gz", "zoneaxis_1.2.3_"+runtime.GOARCH+".deb"
	list := func(program string) string { return program + "-1.2.3-linux-" + runtime.GOARCH + ".cdx.json" }
	for _, name := range []string{archive, deb, "licences.txt", list("zoneaxis-server"), list("tally"), list("zoneaxis")} {
		if !strings.Contains(sums, "  "+name+"\n") {
			t.Errorf("%s is not in\n%s", name, sums)
		}
	}
	var sbom struct {
		BOMFormat  string
		Components []struct{ Name, Version string }
	}
	if err := json.Unmarshal([]byte(read(t, filepath.Join(first, list("zoneaxis-server")))), &sbom); err != nil || sbom.BOMFormat != "CycloneDX" {
		t.Errorf("the list of components: %v, %q", err, sbom.BOMFormat)
	}
	chi := false
	for _, c := range sbom.Components {
		chi = chi || c.Name == "github.com/go-chi/chi/v5" && c.Version != ""
	}
	if !chi {
		t.Errorf("the router is not among %d components", len(sbom.Components))
	}

	dpkg := tool(t, "dpkg-deb", "the look into the Debian package")
	if about := run(t, exec.Command(dpkg, "-f", filepath.Join(first, deb), "Package", "Version", "Architecture")); about != "Package: zoneaxis\nVersion: 1.2.3\nArchitecture: "+runtime.GOARCH+"\n" {
		t.Errorf("the package says %s", about)
	}
	root := t.TempDir()
	run(t, exec.Command(dpkg, "-x", filepath.Join(first, deb), root))
	for _, name := range []string{"usr/lib/systemd/system/zoneaxis.service", "usr/lib/systemd/system/tally.service", "etc/zoneaxis/site.conf", "usr/share/doc/zoneaxis/copyright", "usr/share/doc/zoneaxis/README.md"} {
		if _, err := os.Stat(filepath.Join(root, name)); err != nil {
			t.Error(err)
		}
	}
	cmd := site(t)
	cmd.Path = filepath.Join(root, "usr/bin/zoneaxis-server")
	p := serve(t, cmd)
	if a := get(t, p.url+"/sim?c=si"); a.status != 200 {
		t.Errorf("the installed site: %d", a.status)
	}
	if err := stop(t, p); err != nil {
		t.Errorf("SIGTERM: %v", err)
	}
	for _, name := range []string{"tally", "zoneaxis"} {
		if out := run(t, exec.Command(filepath.Join(root, "usr/bin", name), "-h")); out == "" {
			t.Errorf("%s -h says nothing", name)
		}
	}
}
