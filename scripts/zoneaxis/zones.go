package main

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strconv"

	"zoneaxis/internal/crystal"
	"zoneaxis/internal/diffraction"
	"zoneaxis/internal/zones"
)

// maxZoneIndex is the largest index of a table of zone axes.
const maxZoneIndex = 9

// zoneRow is a zone axis with its labelled basis.
type zoneRow struct {
	Zone    crystal.UVW `json:"zone"`
	G1      crystal.HKL `json:"g1"`
	G2      crystal.HKL `json:"g2"`
	G3      crystal.HKL `json:"g3"`
	D1      float64     `json:"d1_A"`
	D2      float64     `json:"d2_A"`
	D3      float64     `json:"d3_A"`
	Ratio21 float64     `json:"ratio21"`
	Ratio31 float64     `json:"ratio31"`
	Angle12 float64     `json:"angle12_deg"`
	Angle13 float64     `json:"angle13_deg"`
	// Clockwise tells that from g1 to g2 is clockwise with the zone axis towards the
	// viewer: an oblique net has no acute angle the other way.
	Clockwise bool `json:"clockwise"`
}

const zonesAbout = `tables of zone axes

For every zone axis the labelled basis g1, g2, g3: g1 is the shortest allowed
reflection, g2 the shortest that is not along g1, at most 90 degrees from it and
counter-clockwise where the net permits (else "clockwise"), g3 the shorter of g1+g2 and g1-g2 (which
may itself be forbidden). ratio21 is |g2|/|g1| = d1/d2, ratio31 is |g3|/|g1|.
Without -zone, one of each set of axes that the Laue class makes equivalent.` + zoneSearchAbout

// zonesCommand prints the labelled bases of zone axes.
func zonesCommand(args []string, stdout, stderr io.Writer) error {
	if len(args) > 0 && args[0] == "match" {
		return matchCommand(args[1:], stdout, stderr)
	}
	f := newFlags("zones", zonesAbout, stderr)
	var o crystalOptions
	o.add(f)
	limit := f.Int("max", 3, "largest index, 1 to 9")
	zone := f.String("zone", "", "only this zone axis `u,v,w`")
	near := f.Float64("near-deg", 0, "the zone axes within this angle of -zone, degrees")
	of := f.String("of", "", "with -of2: the zone axis of the reflections `h,k,l`")
	of2 := f.String("of2", "", "and `h,k,l`")
	format := f.String("format", "json", "json or csv (of tables)")
	if err := parse(f, args); err != nil {
		return err
	}
	if _, err := oneOf("format", *format, map[string]bool{"json": true, "csv": true}); err != nil {
		return err
	}
	if *limit < 1 || *limit > maxZoneIndex {
		return fmt.Errorf("-max %d: expected 1 to %d", *limit, maxZoneIndex)
	}
	search := *near != 0 || *of != "" || *of2 != ""
	switch {
	case !(*near >= 0 && *near <= 90):
		return fmt.Errorf("-near-deg %g: expected 0 to 90", *near)
	case *near > 0 && *zone == "":
		return errors.New("-near-deg needs the zone axis that they are near, -zone u,v,w")
	case *near > 0 && (*of != "" || *of2 != "") || (*of != "" || *of2 != "") && *zone != "":
		return errors.New("give -of and -of2, or -zone")
	case search && *format != "json":
		return errors.New("only tables of zone axes are written as CSV")
	}
	s, err := o.load()
	if err != nil {
		return err
	}
	if *of != "" || *of2 != "" {
		two, err := zoneOf(s, *of, *of2)
		if err != nil {
			return err
		}
		return writeJSON(stdout, two)
	}
	axes := zones.Distinct(s.Group, *limit)
	if *zone != "" {
		u, err := direction("zone", *zone)
		if err != nil {
			return err
		}
		if *near > 0 {
			list, err := nearZones(s, u, *limit, *near)
			if err != nil {
				return err
			}
			return writeJSON(stdout, list)
		}
		axes = []crystal.UVW{u}
	}
	bases, err := zones.Bases(s.Structure, diffraction.Options{}, axes)
	if err != nil {
		return err
	}
	rows := make([]zoneRow, len(bases))
	for i, b := range bases {
		d := b.D()
		rows[i] = zoneRow{b.Zone, b.G1, b.G2, b.G3, d[0], d[1], d[2], b.Ratio21(), b.Ratio31(),
			degrees(b.Angle12), degrees(b.Angle13), b.Clockwise}
	}
	if *format == "csv" {
		return writeZonesCSV(stdout, rows)
	}
	return writeJSON(stdout, map[string]any{"zones": rows})
}

func writeZonesCSV(w io.Writer, rows []zoneRow) error {
	c := csv.NewWriter(w)
	c.Write([]string{"u", "v", "w", "h1", "k1", "l1", "h2", "k2", "l2", "h3", "k3", "l3",
		"d1_A", "d2_A", "d3_A", "ratio21", "ratio31", "angle12_deg", "angle13_deg", "clockwise"})
	for _, r := range rows {
		var line []string
		for _, v := range [][3]int{r.Zone, r.G1, r.G2, r.G3} {
			for _, n := range v {
				line = append(line, strconv.Itoa(n))
			}
		}
		for _, x := range []float64{r.D1, r.D2, r.D3, r.Ratio21, r.Ratio31} {
			line = append(line, strconv.FormatFloat(x, 'f', 5, 64))
		}
		for _, x := range []float64{r.Angle12, r.Angle13} {
			line = append(line, strconv.FormatFloat(x, 'f', 3, 64))
		}
		line = append(line, strconv.FormatBool(r.Clockwise))
		c.Write(line)
	}
	c.Flush()
	return c.Error()
}

// direction reads a zone axis and divides it by its common factor.
func direction(name, text string) (crystal.UVW, error) {
	v, err := triple(name, text)
	if err != nil {
		return crystal.UVW{}, err
	}
	for _, n := range v {
		if n < -99 || n > 99 {
			return crystal.UVW{}, fmt.Errorf("-%s %q: indices up to 99, please", name, text)
		}
	}
	u := crystal.UVW(v).Reduced()
	if u == (crystal.UVW{}) {
		return u, fmt.Errorf("-%s %q: [0 0 0] has no direction", name, text)
	}
	return u, nil
}
