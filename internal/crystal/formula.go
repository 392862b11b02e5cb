package crystal

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"zoneaxis/internal/atom"
	"zoneaxis/internal/lean/sorts"
)

// formulaOrder is the order in which Formula writes elements. It follows the
// habit of naming compounds from the most to the least metallic partner (the
// element sequence of the IUPAC nomenclature runs the same way): alkali metals,
// rare earths and actinides, alkaline earths, heavy p-block cations, then d
// metals with the small high-valent ones behind the others (FeTiO3, NiTi),
// light p-block metals, metalloids, non-metals, and last chalcogens and
// halogens.
const formulaOrder = "Fr Cs Rb K Na Li " +
	"La Ce Pr Nd Pm Sm Eu Gd Tb Dy Ho Er Tm Yb Lu Y Sc Ac Th Pa U Np Pu Am Cm Bk Cf Es Fm Md No Lr " +
	"Ra Ba Sr Ca Mg Be Tl Pb Bi " +
	"Ag Hg Cd Zn Pt Pd Ir Rh Os Ru Cu Au Co Ni Fe Mn Re Tc Cr Zr Hf Ti Nb Ta V W Mo " +
	"Al Ga In Sn Ge Sb Si B As P Te C Se N H Xe Kr Rn Ar Ne He S O I Br Cl F At Po"

var formulaRank = func() map[string]int {
	m := map[string]int{}
	for i, s := range strings.Fields(formulaOrder) {
		m[s] = i
	}
	return m
}()

// amount is how much of an element a formula unit holds.
type amount struct {
	symbol string
	n      float64
}

// Formula returns the reduced chemical formula with the more metallic elements
// first, "SrTiO3", "Ga2O3", "Zr0.85Y0.15O1.93". Amounts that are not whole, from
// partly occupied sites, are per formula unit and rounded to three digits
// after the point.
func (s *Structure) Formula() string {
	a := s.amounts()
	sorts.Func(a, func(x, y amount) int { return formulaRank[x.symbol] - formulaRank[y.symbol] })
	return writeFormula(a)
}

// HillFormula returns the reduced formula in the Hill system: carbon and
// hydrogen first if there is carbon, the rest by the alphabet.
func (s *Structure) HillFormula() string {
	a := s.amounts()
	carbon := slices.ContainsFunc(a, func(x amount) bool { return x.symbol == "C" })
	key := func(x amount) string {
		switch {
		case carbon && x.symbol == "C":
			return "0"
		case carbon && x.symbol == "H":
			return "1"
		}
		return x.symbol
	}
	sorts.Func(a, func(x, y amount) int { return strings.Compare(key(x), key(y)) })
	return writeFormula(a)
}

// amounts returns the contents of one formula unit in order of atomic number.
func (s *Structure) amounts() []amount {
	var total [256]float64
	for i := range s.Sites {
		total[s.Sites[i].Z] += s.Sites[i].Occ
	}
	units := s.formulaUnits(total[:])
	var a []amount
	for z, n := range total {
		if n > 0 {
			a = append(a, amount{atom.Z(z).Symbol(), n / float64(units)})
		}
	}
	return a
}

// formulaUnits returns the number of formula units in the cell: the greatest
// common factor of the whole amounts, or with partly occupied sites that of the
// numbers of equally occupied sites.
func (s *Structure) formulaUnits(total []float64) int {
	const wholeTol = 0.01 // occupancies like 0.333 add up to almost whole numbers
	units, whole := 0, true
	for _, n := range total {
		r := math.Round(n)
		whole = whole && math.Abs(n-r) < wholeTol
		units = gcd(units, int(r))
	}
	if whole && units > 0 {
		return units
	}
	type kind struct {
		z   atom.Z
		occ int
	}
	count := map[kind]int{}
	for i := range s.Sites {
		count[kind{s.Sites[i].Z, int(math.Round(1000 * s.Sites[i].Occ))}]++
	}
	units = 0
	for _, n := range count {
		units = gcd(units, n)
	}
	return max(units, 1)
}

func writeFormula(a []amount) string {
	var b strings.Builder
	for _, x := range a {
		b.WriteString(x.symbol)
		n := math.Round(x.n*1000) / 1000
		if math.Abs(n-math.Round(n)) < 0.005 {
			n = math.Round(n)
		}
		if n != 1 {
			b.WriteString(strconv.FormatFloat(n, 'f', -1, 64))
		}
	}
	return b.String()
}

// atomicMass is the atomic mass constant in g × 10²⁴ (CODATA 2018), so that
// u/Å³ becomes g/cm³.
const atomicMass = 1.66053906660

// Density returns the density in g/cm³, Σ occ m / V over the cell.
func (s *Structure) Density() float64 {
	m := 0.0
	for i := range s.Sites {
		m += s.Sites[i].Occ * s.Sites[i].Z.Mass()
	}
	return m * atomicMass / s.Lattice.volume
}
