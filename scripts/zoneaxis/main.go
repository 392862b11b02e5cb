// Command zoneaxis is the engine from the shell: patterns, crystals, zone axes,
// rings, Kikuchi bands, stereograms, orientation relationships and tilts as JSON,
// CSV or SVG.
//
//	go run ./scripts/zoneaxis COMMAND [options]
//
// Every command explains its options with -h. Results go to standard output,
// errors to standard error with exit status 1.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"

	_ "zoneaxis/internal/atom/models"
)

// A command reads its arguments and writes its result to stdout.
type command func(args []string, stdout, stderr io.Writer) error

var commands = map[string]command{
	"bank":       bankCommand,
	"bloch":      blochCommand,
	"cbed":       cbedCommand,
	"crystal":    crystalCommand,
	"kikuchi":    kikuchiCommand,
	"pattern":    patternCommand,
	"relate":     relateCommand,
	"rings":      ringsCommand,
	"stereogram": stereogramCommand,
	"tilt":       tiltCommand,
	"zones":      zonesCommand,
}

var summaries = map[string]string{
	"bank":       "patterns of all orientations of a crystal, for programs that match them",
	"bloch":      "dynamical intensities of a zone axis for a series of thicknesses",
	"cbed":       "discs of a convergent beam for a series of thicknesses",
	"crystal":    "space group, conventional and primitive cell of a structure",
	"kikuchi":    "Kikuchi bands of an orientation, or the map of the hemisphere",
	"pattern":    "the diffraction pattern along a zone axis",
	"relate":     "a second crystal or a twin in a fixed orientation to the first",
	"rings":      "ring pattern of a polycrystal",
	"stereogram": "stereographic projection of zone axes, planes and bands",
	"tilt":       "holder angles that bring a zone onto the beam",
	"zones":      "tables of zone axes: shortest reflections, ratios and angles",
}

func main() {
	if err := run(os.Args[1:], os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "zoneaxis:", err)
		os.Exit(1)
	}
}

func run(args []string, stdout, stderr io.Writer) error {
	if len(args) == 0 || args[0] == "help" || args[0] == "-h" || args[0] == "--help" {
		usage(stdout)
		return nil
	}
	do, ok := commands[args[0]]
	if !ok {
		usage(stderr)
		return fmt.Errorf("there is no command %q", args[0])
	}
	if err := do(args[1:], stdout, stderr); err != nil && !errors.Is(err, flag.ErrHelp) {
		return err
	}
	return nil
}

func usage(w io.Writer) {
	fmt.Fprintln(w, "usage: zoneaxis COMMAND [options]   (COMMAND -h explains)")
	for _, name := range slices.Sorted(maps.Keys(commands)) {
		fmt.Fprintf(w, "  %-10s %s\n", name, summaries[name])
	}
}

// newFlags returns a flag set that prints its help, headed by about, to stderr.
func newFlags(name, about string, stderr io.Writer) *flag.FlagSet {
	f := flag.NewFlagSet(name, flag.ContinueOnError)
	f.SetOutput(stderr)
	f.Usage = func() {
		fmt.Fprintf(stderr, "zoneaxis %s: %s\n\n", name, about)
		f.PrintDefaults()
	}
	return f
}

// parse reads the options of a command, which takes nothing else.
func parse(f *flag.FlagSet, args []string) error {
	if err := f.Parse(args); err != nil {
		return err
	}
	if f.NArg() > 0 {
		return fmt.Errorf("%s: %q is not an option", f.Name(), f.Arg(0))
	}
	return nil
}
