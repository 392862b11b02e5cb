package slim

import (
	"bytes"
	"errors"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// program compiles the test program to WebAssembly.
func program(t *testing.T, flags ...string) []byte {
	t.Helper()
	out := filepath.Join(t.TempDir(), "program.wasm")
	args := append([]string{"build", "-trimpath", "-buildvcs=false", "-o", out}, flags...)
	cmd := exec.Command("go", append(args, "./testdata/program")...)
	cmd.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm", "CGO_ENABLED=0")
	if text, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %v\n%s", cmd.Args, err, text)
	}
	module, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	return module
}

// run runs a module under Node and returns what it prints.
func run(t *testing.T, module []byte) string {
	t.Helper()
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "run.wasm")
	if err := os.WriteFile(file, module, 0o644); err != nil {
		t.Fatal(err)
	}
	loader := filepath.Join(strings.TrimSpace(string(root)), "lib", "wasm", "wasm_exec_node.js")
	text, err := exec.Command("node", "--stack-size=8192", loader, file).CombinedOutput()
	if err != nil {
		t.Fatalf("node: %v\n%s", err, text)
	}
	return string(text)
}

func TestStripKeepsBehaviour(t *testing.T) {
	if _, err := exec.LookPath("node"); err != nil {
		t.Skip("needs Node")
	}
	for _, flags := range [][]string{{"-ldflags=-s -w"}, {"-ldflags=-s -w", "-gcflags=all=-l"}, nil} {
		module := program(t, flags...)
		stripped, err := Strip(module)
		if err != nil {
			t.Fatal(err)
		}
		want, got := run(t, module), run(t, stripped)
		if got != want {
			t.Errorf("%q: the stripped program prints\n%s\nexpected\n%s", flags, got, want)
		}
		for _, line := range []string{"deep", "second: helped", " guard:wrapped", "value method main.value.get called using nil *value pointer"} {
			if !strings.Contains(want, line) {
				t.Errorf("the program does not print %q:\n%s", line, want)
			}
		}
	}
}

func TestStripTakesTables(t *testing.T) {
	module := program(t, "-ldflags=-s -w")
	stripped, err := Strip(module)
	if err != nil {
		t.Fatal(err)
	}
	for _, word := range []string{"main.byMethodValue", "runtime/proc.go", "runtime.findRunnable", "main.(*guard).done"} {
		kept := word == "main.(*guard).done" // a wrapper
		if !bytes.Contains(module, []byte(word)) || bytes.Contains(stripped, []byte(word)) != kept {
			t.Errorf("%q: in the module %v, after stripping %v, expected %v", word,
				bytes.Contains(module, []byte(word)), bytes.Contains(stripped, []byte(word)), kept)
		}
	}
	if _, err := Strip(stripped); !errors.Is(err, errLayout) {
		t.Errorf("stripping twice: %v, expected %v", err, errLayout)
	}
	// Only the data may change.
	before, err := sections(module)
	if err != nil {
		t.Fatal(err)
	}
	after, err := sections(stripped)
	if err != nil {
		t.Fatal(err)
	}
	if len(before) != len(after) {
		t.Fatalf("%d sections, expected %d", len(after), len(before))
	}
	for i, s := range before {
		if after[i].id != s.id || s.id != dataSection && !bytes.Equal(after[i].body, s.body) {
			t.Errorf("section %d (%d) differs", i, s.id)
		}
	}
}

func TestStripRefuses(t *testing.T) {
	module := program(t, "-ldflags=-s -w")
	list, err := sections(module)
	if err != nil {
		t.Fatal(err)
	}
	data := 0
	for i, s := range list {
		if s.id == dataSection {
			data = i
		}
	}
	mem, err := memory(list[data].body)
	if err != nil {
		t.Fatal(err)
	}
	record, err := find(mem)
	if err != nil {
		t.Fatal(err)
	}
	with := func(change func(mem []byte)) []byte {
		changed := bytes.Clone(mem)
		change(changed)
		sections := append([]section(nil), list...)
		sections[data].body = segments(changed)
		return assemble(sections)
	}
	table := bytes.Index(mem, header)
	for _, c := range []struct {
		name   string
		module []byte
		want   error
	}{
		{"empty", nil, errModule},
		{"no module", []byte("package slim"), errModule},
		{"truncated", module[:len(module)/2], errModule},
		{"no sections", module[:8], errModule},
		{"another magic", with(func(m []byte) { m[table]-- }), errLayout},
		{"another pointer size", with(func(m []byte) { m[table+7] = 4 }), errLayout},
		{"a function more", with(func(m []byte) { m[table+8]++ }), errLayout},
		{"names elsewhere", with(func(m []byte) { m[table+32]++ }), errLayout},
		{"a record outside", with(func(m []byte) { order.PutUint32(m[record.funcs.from+4:], 1<<30) }), errLayout},
	} {
		if _, err := Strip(c.module); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, expected %v", c.name, err, c.want)
		}
	}
}

func TestSegments(t *testing.T) {
	holes := make([]byte, 5000)
	for i := range holes {
		if i%997 < 3 {
			holes[i] = byte(i%7) + 1
		}
	}
	crowd := make([]byte, 80*(maxSegments+10)) // more pieces than a module may have
	for i := 0; i < len(crowd); i += 80 {
		crowd[i] = 1
	}
	for name, mem := range map[string][]byte{"holes": holes, "crowd": crowd, "none": nil} {
		body := segments(mem)
		if n := (&reader{data: body}); n.uint() > maxSegments {
			t.Errorf("%s: too many segments", name)
		}
		back, err := memory(body)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if want := bytes.TrimRight(mem, "\x00"); !bytes.Equal(back, want) {
			t.Errorf("%s: another memory, %d bytes, expected %d", name, len(back), len(want))
		}
	}
}

func TestIntegers(t *testing.T) {
	for _, v := range []int64{0, 1, -1, 63, 64, -64, -65, 127, 128, 1 << 20, -1 << 20, math.MaxInt64, math.MinInt64} {
		r := reader{data: appendInt(nil, v)}
		if got := r.int(); got != v || r.failed || len(r.data) > 0 {
			t.Errorf("%d came back as %d", v, got)
		}
		u := reader{data: appendUint(nil, uint64(v))}
		if got := u.uint(); got != uint64(v) || u.failed || len(u.data) > 0 {
			t.Errorf("%d came back as %d", uint64(v), got)
		}
	}
	for _, bad := range [][]byte{nil, {0x80}, bytes.Repeat([]byte{0xff}, 11)} {
		if r := (&reader{data: bad}); r.uint() != 0 || !r.failed {
			t.Errorf("% x was read", bad)
		}
		if r := (&reader{data: bad}); r.int() != 0 || !r.failed {
			t.Errorf("% x was read as signed", bad)
		}
	}
}
