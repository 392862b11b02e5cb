package main

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

// sample is a package of tests that do what the file "plan" says: a line
// "TestA fail" or "TestA shaky"; a shaky one fails the first time.
const sample = `package sample

import (
	"os"
	"strings"
	"testing"
)

func play(t *testing.T) {
	plan, err := os.ReadFile("plan")
	if err != nil {
		t.Fatal(err)
	}
	_, err = os.Stat(t.Name())
	os.WriteFile(t.Name(), nil, 0o644)
	for _, line := range strings.Split(string(plan), "\n") {
		switch line {
		case t.Name() + " fail":
			t.Error("it fails")
		case t.Name() + " shaky":
			t.Run("part", func(t *testing.T) {
				if err != nil {
					t.Error("it fails once")
				}
			})
		case t.Name() + " panic":
			panic("out of order")
		case t.Name() + " exit":
			os.Exit(1)
		}
	}
}

func TestA(t *testing.T) { play(t) }
func TestB(t *testing.T) { play(t) }
func TestC(t *testing.T) { play(t) }
func TestD(t *testing.T) { play(t) }
`

// TestRun runs tests of every kind of fate with the go command.
func TestRun(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("go.mod", "module sample\n\ngo 1.24\n")
	write("sample_test.go", sample)
	t.Chdir(dir)
	for _, c := range []struct {
		name, plan string
		want       string // of the error; "" for none
		says       string
	}{
		{"all pass", "", "", ""},
		{"two shaky", "TestA shaky\nTestC shaky", "", "passed only at the second try (2, at most 2 may): TestA, TestC\n"},
		{"three shaky", "TestA shaky\nTestC shaky\nTestD shaky", "3 tests passed only at their second try", "TestA, TestC, TestD\n"},
		{"one fails", "TestB fail\nTestC shaky", "failed twice: TestB", "(1, at most 2 may): TestC\n"},
		{"a panic", "TestB panic", "did not come to their end", "out of order"},
		{"an exit", "TestB exit", "did not come to their end", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, name := range []string{"TestA", "TestB", "TestC", "TestD"} {
				os.Remove(name)
			}
			write("plan", c.plan)
			var out strings.Builder
			err := run(&out, goList, goTest, "./...")
			if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want %q", err, c.want)
			}
			if !strings.Contains(out.String(), c.says) || strings.Contains(out.String(), "=== RUN") {
				t.Errorf("output %q, want %q in it", out.String(), c.says)
			}
		})
	}
	write("sample_test.go", "package sample\n\nfunc")
	if err := run(io.Discard, goList, goTest, "./..."); err == nil || !strings.Contains(err.Error(), "did not come to their end") {
		t.Errorf("a package that does not compile: %v", err)
	}
}

// lanesOf is a lister of some tests.
func lanesOf(names ...string) lister { return func(...string) ([]string, error) { return names, nil } }

// TestSecondTry: only what failed runs once more, and what does not end the
// second time is no pass.
func TestSecondTry(t *testing.T) {
	var mu sync.Mutex
	var asked [][]string
	err := run(io.Discard, lanesOf("TestA", "TestB", "TestC"), func(_ io.Writer, args ...string) ([]string, error) {
		mu.Lock()
		defer mu.Unlock()
		asked = append(asked, args)
		switch args[0] {
		case "-run=^(TestA|TestC)$":
			return []string{"TestC"}, nil
		case "-run=^(TestB)$":
			return []string{"TestB"}, nil
		}
		return nil, io.ErrUnexpectedEOF
	}, "./x")
	if err != io.ErrUnexpectedEOF {
		t.Errorf("error %v", err)
	}
	if len(asked) != 3 || !slices.Equal(asked[2], []string{"-run=^(TestB|TestC)$", "./x"}) {
		t.Errorf("asked for %q", asked)
	}
}

// TestLanes: tests run side by side, and those that measure when nothing else
// does. A lane that does not come to its end fails the run.
func TestLanes(t *testing.T) {
	var mu sync.Mutex
	running, most := 0, 0
	both := make(chan bool)
	test := func(_ io.Writer, args ...string) ([]string, error) {
		mu.Lock()
		running++
		most = max(most, running)
		together := running == lanes
		if strings.Contains(args[0], alone[0]) && (running != 1 || args[0] != "-run=^("+alone[0]+")$") {
			t.Errorf("%s beside %d others", args[0], running-1)
		}
		mu.Unlock()
		if !strings.Contains(args[0], alone[0]) {
			if together {
				close(both)
			}
			<-both
		}
		mu.Lock()
		running--
		mu.Unlock()
		if strings.Contains(args[0], "TestB") {
			return nil, io.ErrUnexpectedEOF
		}
		return nil, nil
	}
	if err := run(io.Discard, lanesOf("TestA", alone[0], "TestB", "TestC"), test); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("error %v", err)
	}
	if most != lanes {
		t.Errorf("%d at once, want %d", most, lanes)
	}
}
