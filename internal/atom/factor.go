package atom

// Model is a published table of electron scattering factors.
type Model uint8

const (
	// Lobato is the fit of Lobato and Van Dyck (2014), Z 1 … 103: right at g = 0
	// and in its decay at large g. The default.
	Lobato Model = iota
	// Kirkland is the fit of Kirkland (2010), Z 1 … 103.
	Kirkland
	// Peng is the five-Gaussian fit of Peng and others (1996) for |g| ≤ 4 Å⁻¹,
	// Z 1 … 98.
	Peng
	// PengWide is their second fit, for |g| ≤ 12 Å⁻¹, Z 1 … 98.
	PengWide
)
