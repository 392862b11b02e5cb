package diffraction_test

import (
	"compress/gzip"
	"encoding/json"
	"os"
)

// readTestdata decodes a compressed JSON file of testdata.
func readTestdata(name string, v any) error {
	f, err := os.Open("testdata/" + name)
	if err != nil {
		return err
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		return err
	}
	return json.NewDecoder(z).Decode(v)
}
