package symmetry

// Setting is one row of the table of space-group settings: a space group with
// a choice of axes and origin.
type Setting struct {
	Number     int    // 1 … 230
	HM         string // "F d -3 m", spaces between the directions
	Extended   string // "F d -3 m:2": HM with the origin choice or the H/R axes
	Hall       string // "-F 4vw 2vw 3"
	System     string // "cubic"; trigonal for rhombohedral groups
	PointGroup string // "m-3m"
	Laue       string // Laue class, "m-3m"
	Reference  bool   // the standard setting of its number
}
