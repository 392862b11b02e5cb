package session

import "zoneaxis/internal/diffraction/bloch"

// DraftIntensities returns the intensities of the frame of a gesture that is
// shown, by indices.
func DraftIntensities(s *Session) map[[3]int]float64 {
	d := s.drawn.dynamics
	m := make(map[[3]int]float64)
	for i, beam := range d.system.Beams {
		m[d.refl.HKL[beam.Ref]] = d.intensities[i]
	}
	return m
}

// DraftCandidates returns the number of beams within 1.2λ of the sphere that are
// linked to 000.
func DraftCandidates(s *Session) int {
	r, err := s.specimen.reflectionsWide()
	if err != nil {
		return 0
	}
	system, err := bloch.Solve(r, s.beam, s.orient, bloch.Options{GMax: bloch.StandardGMax, SMax: 1.2 * s.beam.Wavelength(), Quick: true})
	if err != nil {
		return 0
	}
	return len(system.Beams)
}
