package session

import (
	"errors"
	"strconv"

	"zoneaxis/internal/lean/qr"
	"zoneaxis/internal/protocol"
)

// maxQR bounds the text of a QR code, bytes. A phone reads what this gives
// from a screen, and package qr could take a little more.
const maxQR = 600

// quietQR is the empty border that the standard asks for, modules.
const quietQR = 4

// doQR draws Text, an address, as a QR code: an SVG with one path, one unit a
// module, dark on light.
func (s *Session) doQR(r *protocol.Request, _ []byte, out *protocol.Reply) error {
	if r.Text == "" || len(r.Text) > maxQR {
		return errors.New("this link is too long for a QR code. Copy it instead")
	}
	code, err := qr.Encode(r.Text)
	if err != nil {
		return err
	}
	b := []byte(`<svg xmlns="http://www.w3.org/2000/svg" class="qr" viewBox="`)
	side := strconv.Itoa(code.Size + 2*quietQR)
	b = append(b, "0 0 "+side+" "+side+`" role="img"><title>QR code of this link</title><path d="`...)
	for y := range code.Size {
		for x := 0; x < code.Size; {
			n := 0
			for x+n < code.Size && code.Black(x+n, y) {
				n++
			}
			if n > 0 {
				b = append(b, 'M')
				b = strconv.AppendInt(b, int64(x+quietQR), 10)
				b = append(b, ' ')
				b = strconv.AppendInt(b, int64(y+quietQR), 10)
				b = append(b, 'h')
				b = strconv.AppendInt(b, int64(n), 10)
				b = append(b, "v1h-"...)
				b = strconv.AppendInt(b, int64(n), 10)
				b = append(b, 'z')
			}
			x += n + 1
		}
	}
	out.SVG = string(append(b, `"/></svg>`...))
	return nil
}
