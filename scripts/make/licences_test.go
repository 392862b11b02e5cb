package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestLicences: every module that a program links is there, with its words.
func TestLicences(t *testing.T) {
	out := t.TempDir()
	b := &builder{root: "../..", out: out, files: map[string]File{}}
	t.Chdir("../..")
	b.root = "."
	if err := b.licences(); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(filepath.Join(out, "pages", "licences.txt"))
	if err != nil {
		t.Fatal(err)
	}
	text := string(data)
	for _, want := range []string{
		"MIT License", "github.com/hashicorp/golang-lru/v2 v", "Mozilla Public License", "github.com/hajimehoshi/ebiten/v2 v", "Apache License",
		"github.com/go-chi/chi/v5 v", "github.com/prometheus/client_golang v", "NOTICE\n", "The Go programming language, LICENSE", "SIL OPEN FONT LICENSE", "rsc.io/qr v",
		"modernc.org/sqlite v", "modernc.org/libc v", "modernc.org/memory v",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the licences lack %q", want)
		}
	}
	for _, lacks := range []string{out, "gonum", "chromedp", os.Getenv("HOME") + "/"} {
		if strings.Contains(text, lacks) {
			t.Errorf("the licences hold %q", lacks)
		}
	}
	if _, err := noticesIn(out); err == nil {
		t.Error("a module without a licence is given away")
	}
}
