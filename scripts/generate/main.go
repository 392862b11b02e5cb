// Command generate writes the Go files that are made from others. It is run by
// go generate, in the folder of the file:
//
//	//go:generate go run zoneaxis/scripts/generate codec -read Request -write Reply -declare Request,Reply=protocol.d.ts codec.go
//
// With -check before the word it writes nothing and fails if a file is not up to
// date.
package main

import (
	"bytes"
	"flag"
	"fmt"
	"log"
	"os"
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("generate: ")
	check := flag.Bool("check", false, "fail if a file is not up to date")
	flag.Parse()
	emit := func(file string, text []byte) error { return os.WriteFile(file, text, 0o644) }
	if *check {
		emit = func(file string, text []byte) error {
			if old, err := os.ReadFile(file); err != nil || !bytes.Equal(old, text) {
				return fmt.Errorf("%s is not what it is made from: run go generate", file)
			}
			return nil
		}
	}
	makers := map[string]func([]string, func(string, []byte) error) error{"codec": codec}
	maker, ok := makers[flag.Arg(0)]
	if !ok {
		log.Fatal("the first word is codec")
	}
	if err := maker(flag.Args()[1:], emit); err != nil {
		log.Fatal(err)
	}
}
