package main

import (
	"archive/zip"
	"encoding/binary"
	"fmt"
	"io"
	"strings"
)

// appendNPY appends values as a NumPy array in C order: format 1.0, magic, header
// padded to 64 bytes, little-endian values of the type that descr names.
func appendNPY[T float32 | float64 | int32 | int64 | byte](dst []byte, descr string, values []T, shape ...int) []byte {
	dims := make([]string, len(shape))
	for i, n := range shape {
		dims[i] = fmt.Sprint(n)
	}
	tuple := strings.Join(dims, ", ")
	if len(shape) == 1 {
		tuple += ","
	}
	header := fmt.Sprintf("{'descr': '%s', 'fortran_order': False, 'shape': (%s), }", descr, tuple)
	const before = 10 // magic, version and length
	header += strings.Repeat(" ", (64-(before+len(header)+1)%64)%64) + "\n"
	dst = append(dst, "\x93NUMPY\x01\x00"...)
	dst = append(dst, byte(len(header)), byte(len(header)>>8))
	dst = append(dst, header...)
	dst, err := binary.Append(dst, binary.LittleEndian, values)
	if err != nil {
		panic(err) // values of these types always can be
	}
	return dst
}

// npz writes NumPy arrays as one file.
type npz struct{ *zip.Writer }

func newNPZ(w io.Writer) npz { return npz{zip.NewWriter(w)} }

// add appends an array under a name.
func (z npz) add(name string, array []byte) error {
	f, err := z.Create(name + ".npy")
	if err != nil {
		return err
	}
	_, err = f.Write(array)
	return err
}
