package service

import (
	"cmp"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"strconv"
	"strings"
)

// Setting is one thing that can be set, by a flag and an environment variable;
// the flag wins.
type Setting struct {
	Flag, Env, Fallback, Usage string
	// MayBeNone: an empty variable means none. For the others it means that
	// nothing was set, as compose files write it.
	MayBeNone bool
	// Secret: its value is in no message.
	Secret bool
	Set    func(text string) error
}

// ReadSettings sets every setting of a table. from tells for each environment
// variable how it was set, "" for its default. Errors name the setting, and all
// of them are told at once; from is nil where the command line makes no sense,
// or help was asked for (flag.ErrHelp).
func ReadSettings(program, usage string, table []Setting, args []string, lookup func(string) (string, bool), output io.Writer) (from map[string]string, err error) {
	flags := flag.NewFlagSet(program, flag.ContinueOnError)
	flags.SetOutput(output)
	flags.Usage = func() {
		fmt.Fprintf(output, "Usage: %s %s\n\nSettings, each with its environment variable and default:\n", program, usage)
		for _, s := range table {
			fmt.Fprintf(output, "  -%s (%s) %s\n        %s\n", s.Flag, s.Env, s.Fallback, s.Usage)
		}
	}
	given := map[string]string{}
	for _, s := range table {
		store := func(v string) error { given[s.Flag] = v; return nil }
		if s.Fallback == "false" {
			flags.BoolFunc(s.Flag, s.Usage, store)
		} else {
			flags.Func(s.Flag, s.Usage, store)
		}
	}
	if err := flags.Parse(args); err != nil {
		return nil, err
	}
	if rest := flags.Args(); len(rest) > 0 {
		return nil, fmt.Errorf("unknown argument %q; settings begin with a hyphen", rest[0])
	}
	from = map[string]string{}
	var errs []error
	for _, s := range table {
		text := s.Fallback
		if v, ok := lookup(s.Env); v != "" || ok && s.MayBeNone {
			text, from[s.Env] = v, s.Env
		}
		if v, ok := given[s.Flag]; ok {
			text, from[s.Env] = v, "-"+s.Flag
		}
		if err := s.Set(text); err != nil {
			name := cmp.Or(from[s.Env], s.Env)
			if !s.Secret {
				name += fmt.Sprintf(" %q", text)
			}
			errs = append(errs, fmt.Errorf("%s: %w", name, err))
		}
	}
	return from, errors.Join(errs...)
}

// ReadSecret reads a key or token, as what says, from a file. doubt is a
// sentence about who else can read it, or "".
func ReadSecret(what, name string) (text, doubt string, err error) {
	data, err := readStart(name)
	if err != nil {
		return "", "", fmt.Errorf("the %s file cannot be read: %s", what, Reason(err))
	}
	text = strings.TrimSpace(string(data))
	if err := CheckSecret("the "+what+" file", what, text); err != nil {
		return "", "", err
	}
	if info, err := os.Stat(name); err == nil && info.Mode().Perm()&0o004 != 0 {
		doubt = fmt.Sprintf("every user of this machine can read the %s file: chmod o= %s", what, name)
	}
	return text, doubt, nil
}

// readStart reads as much of a file as a secret can have: some have no end.
func readStart(name string) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, maxSecret+2))
}

// maxSecret bounds a key or token, bytes.
const maxSecret = 4096

// CheckSecret accepts what can be a key or token, as what says. Its error names
// where it stands, and tells nothing of it.
func CheckSecret(where, what, text string) error {
	odd := func(r rune) bool { return r <= ' ' || r >= 0x7f }
	if text == "" || len(text) > maxSecret || strings.IndexFunc(text, odd) >= 0 {
		return fmt.Errorf("%s must hold the %s and nothing else", where, what)
	}
	return nil
}

// Reason is what is wrong with a file, without its name.
func Reason(err error) string {
	var p *os.PathError
	if errors.As(err, &p) {
		return p.Err.Error()
	}
	return err.Error()
}

// SplitList splits a comma separated list; nothing between commas is no item.
func SplitList(text string) []string {
	var list []string
	for item := range strings.SplitSeq(text, ",") {
		if item = strings.TrimSpace(item); item != "" {
			list = append(list, item)
		}
	}
	return list
}

// CheckAddr accepts host:port and :port.
func CheckAddr(v string) error {
	_, port, err := net.SplitHostPort(v)
	if err != nil {
		return errors.New("expected host:port, such as localhost:8080 or :8080")
	}
	if n, err := strconv.Atoi(port); err != nil || n < 0 || n > 65535 {
		return fmt.Errorf("port %q: expected a number up to 65535", port)
	}
	return nil
}

// Count reads a whole number from 0 to a million.
func Count(v string, into *int) error {
	n, err := strconv.Atoi(v)
	if err != nil || n < 0 || n > 1_000_000 {
		return errors.New("expected a whole number from 0 to 1000000")
	}
	*into = n
	return nil
}

// YesOrNo reads true or false, 1 or 0.
func YesOrNo(v string, into *bool) error {
	yes, err := strconv.ParseBool(v)
	if err != nil {
		return errors.New("expected true or false")
	}
	*into = yes
	return nil
}

// OneOf accepts the words that are allowed.
func OneOf(v string, allowed ...string) error {
	for _, a := range allowed {
		if v == a {
			return nil
		}
	}
	return errors.New("expected one of " + strings.Join(allowed, ", "))
}

// ParseSize reads a number of bytes: 1048576, 512MiB, 2GiB.
func ParseSize(v string) (int64, error) {
	number, unit := v, int64(1)
	for _, u := range []struct {
		end  string
		size int64
	}{{"KiB", 1 << 10}, {"MiB", 1 << 20}, {"GiB", 1 << 30}, {"B", 1}} {
		if n, ok := strings.CutSuffix(v, u.end); ok {
			number, unit = strings.TrimSpace(n), u.size
			break
		}
	}
	n, err := strconv.ParseInt(number, 10, 64)
	if err != nil || n <= 0 || n > 1<<50/unit {
		return 0, errors.New("expected a size such as 512MiB or 2GiB")
	}
	return n * unit, nil
}
