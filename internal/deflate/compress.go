package deflate

import "math/bits"

const (
	maxChain   = 4096    // candidates tried for a match
	hashBits   = 13      // of three bytes
	maxSymbols = 1 << 14 // tokens of a block
)

// token is a literal, or a match with its length and distance.
type token struct {
	literal          byte
	length, distance uint16 // 0 for a literal
}

// Compress returns the compressed form of data.
func Compress(data []byte) []byte {
	var w bitWriter
	tokens := match(data)
	for first := true; first || len(tokens) > 0; first = false {
		n := min(len(tokens), maxSymbols)
		size := 0
		for _, t := range tokens[:n] {
			size += max(1, int(t.length))
		}
		w.block(tokens[:n], data[:size], n == len(tokens))
		tokens, data = tokens[n:], data[size:]
	}
	w.align()
	return w.out
}

// match cuts data into literals and matches: always the longest match, unless
// a longer one begins a byte later.
func match(data []byte) []token {
	var tokens []token
	head := make([]int32, 1<<hashBits) // last position + 1 of each hash
	chain := make([]int32, len(data))  // the one before
	insert := func(at int) {
		if at+minLength > len(data) {
			return
		}
		h := hash(data[at:])
		chain[at], head[h] = head[h], int32(at+1)
	}
	find := func(at, better int) (length, distance int) {
		length = better
		if at+minLength > len(data) {
			return length, 0
		}
		limit := min(maxLength, len(data)-at)
		candidate := int(head[hash(data[at:])]) - 1
		for tries := maxChain; candidate >= 0 && at-candidate <= windowSize && tries > 0 && length < limit; tries-- {
			if data[candidate+length] == data[at+length] {
				n := 0
				for n < limit && data[candidate+n] == data[at+n] {
					n++
				}
				if n > length {
					length, distance = n, at-candidate
				}
			}
			candidate = int(chain[candidate]) - 1
		}
		return length, distance
	}
	const short, far = minLength, 512 // three bytes from farther away cost more than they spare
	length, distance := 0, 0
	for at := 0; at < len(data); {
		if distance == 0 {
			length, distance = find(at, minLength-1)
		}
		if distance != 0 && length == short && distance > far {
			length, distance = 0, 0
		}
		insert(at)
		if distance != 0 {
			if l, d := find(at+1, length); d != 0 && !(l == short && d > far) {
				tokens = append(tokens, token{literal: data[at]})
				at, length, distance = at+1, l, d
				continue
			}
			tokens = append(tokens, token{length: uint16(length), distance: uint16(distance)})
			for i := 1; i < length; i++ {
				insert(at + i)
			}
			at, length, distance = at+length, 0, 0
			continue
		}
		tokens = append(tokens, token{literal: data[at]})
		at++
	}
	return tokens
}

func hash(b []byte) uint32 {
	return (uint32(b[0]) | uint32(b[1])<<8 | uint32(b[2])<<16) * 0x9e3779b1 >> (32 - hashBits)
}

// symbolOf returns the last symbol whose base does not exceed a value.
func symbolOf(base []int, value int) int {
	low, high := 0, len(base)
	for high-low > 1 {
		if middle := (low + high) / 2; base[middle] <= value {
			low = middle
		} else {
			high = middle
		}
	}
	return low
}

// block writes a block in the shortest of the three ways.
func (w *bitWriter) block(tokens []token, data []byte, last bool) {
	var literalCount [literals]int
	var distanceCount [distances]int
	literalCount[endOfBlock] = 1
	extra := 0
	for _, t := range tokens {
		if t.length == 0 {
			literalCount[t.literal]++
			continue
		}
		l, d := symbolOf(lengthBase, int(t.length)), symbolOf(distanceBase, int(t.distance))
		literalCount[257+l]++
		distanceCount[d]++
		extra += lengthExtra[l] + distanceExtra[d]
	}
	literal, distance := codeLengths(literalCount[:], maxBits), codeLengths(distanceCount[:], maxBits)
	header := newHeader(literal, distance)
	fixedLiteral, fixedDistance := fixedLengths()
	cost := func(literal, distance []byte) (n int) {
		for i, c := range literalCount {
			n += c * int(literal[i])
		}
		for i, c := range distanceCount {
			n += c * int(distance[i])
		}
		return n + extra
	}
	dynamic, fixed := header.cost()+cost(literal, distance), cost(fixedLiteral, fixedDistance)
	stored := 8*len(data) + 40*(1+len(data)/0xffff)
	final := 0
	if last {
		final = 1
	}
	switch {
	case stored < min(dynamic, fixed):
		w.stored(data, final)
	case dynamic < fixed:
		w.put(final|2<<1, 3)
		header.write(w)
		w.tokens(tokens, literal, distance)
	default:
		w.put(final|1<<1, 3)
		w.tokens(tokens, fixedLiteral, fixedDistance)
	}
}

// stored writes data as they are, in pieces that their length of 16 bits allows.
func (w *bitWriter) stored(data []byte, final int) {
	for first := true; first || len(data) > 0; first = false {
		n := min(len(data), 0xffff)
		if n == len(data) {
			w.put(final, 3)
		} else {
			w.put(0, 3)
		}
		w.align()
		w.put(n, 16)
		w.put(n^0xffff, 16)
		w.out = append(w.out, data[:n]...)
		data = data[n:]
	}
}

// tokens writes the content of a block.
func (w *bitWriter) tokens(tokens []token, literal, distance []byte) {
	literalCodes, distanceCodes := codes(literal), codes(distance)
	for _, t := range tokens {
		if t.length == 0 {
			w.put(literalCodes[t.literal], int(literal[t.literal]))
			continue
		}
		l, d := symbolOf(lengthBase, int(t.length)), symbolOf(distanceBase, int(t.distance))
		w.put(literalCodes[257+l], int(literal[257+l]))
		w.put(int(t.length)-lengthBase[l], lengthExtra[l])
		w.put(distanceCodes[d], int(distance[d]))
		w.put(int(t.distance)-distanceBase[d], distanceExtra[d])
	}
	w.put(literalCodes[endOfBlock], int(literal[endOfBlock]))
}

// header is the description of the two codes of a dynamic block.
type header struct {
	literals, distances int
	symbols             []token // of the code lengths: literal is the symbol, length its extra value
	lengths             []byte  // code lengths of these symbols
	count               [lengthCodes]int
	used                int // code lengths to write
}

// repeats lists the symbols that stand for repeated lengths: extra bits and the
// smallest number.
var repeats = [...]struct{ symbol, bits, least int }{{16, 2, 3}, {17, 3, 3}, {18, 7, 11}}

func newHeader(literal, distance []byte) *header {
	h := &header{literals: literals, distances: distances}
	for h.literals > 257 && literal[h.literals-1] == 0 {
		h.literals--
	}
	for h.distances > 1 && distance[h.distances-1] == 0 {
		h.distances--
	}
	lengths := append(append([]byte(nil), literal[:h.literals]...), distance[:h.distances]...)
	for i := 0; i < len(lengths); {
		run := 1
		for i+run < len(lengths) && lengths[i+run] == lengths[i] {
			run++
		}
		i += run
		value := lengths[i-1]
		if value != 0 {
			h.add(int(value), 0)
			run--
		}
		for run > 0 {
			kind := 0
			switch {
			case value == 0 && run >= 11:
				kind = 2
			case value == 0:
				kind = 1
			}
			r := repeats[kind]
			if run < r.least {
				h.add(int(value), 0)
				run--
				continue
			}
			n := min(run, r.least+1<<r.bits-1)
			h.add(r.symbol, n-r.least)
			run -= n
		}
	}
	h.lengths = codeLengths(h.count[:], 7)
	for h.used = lengthCodes; h.used > 4 && h.lengths[orderOfLengths[h.used-1]] == 0; h.used-- {
	}
	return h
}

func (h *header) add(symbol, extra int) {
	h.symbols = append(h.symbols, token{literal: byte(symbol), length: uint16(extra)})
	h.count[symbol]++
}

// cost is the size of the header in bits.
func (h *header) cost() int {
	n := 14 + 3*h.used
	for i, c := range h.count {
		n += c * int(h.lengths[i])
		if i >= 16 {
			n += c * repeats[i-16].bits
		}
	}
	return n
}

func (h *header) write(w *bitWriter) {
	w.put(h.literals-257, 5)
	w.put(h.distances-1, 5)
	w.put(h.used-4, 4)
	for _, i := range []byte(orderOfLengths[:h.used]) {
		w.put(int(h.lengths[i]), 3)
	}
	code := codes(h.lengths)
	for _, s := range h.symbols {
		w.put(code[s.literal], int(h.lengths[s.literal]))
		if s.literal >= 16 {
			w.put(int(s.length), repeats[s.literal-16].bits)
		}
	}
}

// codeLengths returns the lengths of the best prefix code for symbols that
// occur count times, none longer than limit, by the package-merge algorithm
// (L. L. Larmore, D. S. Hirschberg, J. ACM 37 (1990) 464). A lonely symbol gets
// a second one beside it, since readers want complete codes.
func codeLengths(count []int, limit int) []byte {
	type item struct {
		weight      int
		symbol      int // −1 for a package
		left, right int // the two items of a package
	}
	var items []item
	for symbol, c := range count {
		if c > 0 {
			items = append(items, item{weight: c, symbol: symbol})
		}
	}
	for symbol := 0; len(items) < 2; symbol++ {
		if count[symbol] == 0 {
			items = append(items, item{symbol: symbol})
		}
	}
	for i := range items { // by weight
		for j := i; j > 0 && items[j].weight < items[j-1].weight; j-- {
			items[j], items[j-1] = items[j-1], items[j]
		}
	}
	n := len(items)
	list := make([]int, n) // of indices of items, by weight
	for i := range list {
		list[i] = i
	}
	for range limit - 1 {
		// The packages of two neighbours each, merged with the symbols.
		merged := make([]int, 0, n+len(list)/2)
		next := 0
		for i := 0; i+1 < len(list); i += 2 {
			weight := items[list[i]].weight + items[list[i+1]].weight
			for ; next < n && items[next].weight <= weight; next++ {
				merged = append(merged, next)
			}
			items = append(items, item{weight, -1, list[i], list[i+1]})
			merged = append(merged, len(items)-1)
		}
		for ; next < n; next++ {
			merged = append(merged, next)
		}
		list = merged
	}
	lengths := make([]byte, len(count))
	for open := list[: 2*n-2 : 2*n-2]; len(open) > 0; {
		it := items[open[len(open)-1]]
		open = open[:len(open)-1]
		if it.symbol >= 0 {
			lengths[it.symbol]++
		} else {
			open = append(open, it.left, it.right)
		}
	}
	return lengths
}

// codes returns the canonical codes of code lengths, with the first bit lowest.
func codes(lengths []byte) []int {
	var next [maxBits + 2]int
	for _, n := range lengths {
		if n > 0 {
			next[n+1]++
		}
	}
	for n := 1; n <= maxBits+1; n++ {
		next[n] = (next[n-1] + next[n]) << 1
	}
	list := make([]int, len(lengths))
	for i, n := range lengths {
		if n > 0 {
			list[i] = int(bits.Reverse16(uint16(next[n])) >> (16 - n))
			next[n]++
		}
	}
	return list
}

// bitWriter writes bits, the lowest of each byte first.
type bitWriter struct {
	out   []byte
	held  uint64
	count int
}

// put writes the lowest n ≤ 16 bits of v.
func (w *bitWriter) put(v, n int) {
	w.held |= uint64(v) << w.count
	for w.count += n; w.count >= 8; w.count -= 8 {
		w.out = append(w.out, byte(w.held))
		w.held >>= 8
	}
}

// align fills a byte up with zeros.
func (w *bitWriter) align() {
	w.put(0, -w.count&7)
}
