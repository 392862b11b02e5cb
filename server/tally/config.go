package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"

	"zoneaxis/server/internal/service"
	"zoneaxis/server/tally/page"
)

// config is everything that can be set.
type config struct {
	Addr      string
	Data      string
	Token     page.Token
	TokenFrom string // where it was found; "" without one
	Public    bool

	Doubts []string // what is odd about the settings, and no error
}

// table is the settings, each of which sets a part of c.
func (c *config) table() []service.Setting {
	return []service.Setting{
		{Flag: "addr", Env: "ADDR", Fallback: "localhost:8090", Usage: "address to serve on",
			Set: func(v string) error { c.Addr = v; return service.CheckAddr(v) }},
		{Flag: "data", Env: "DATA", Usage: "directory for the data file (default: the one that systemd names in STATE_DIRECTORY)",
			Set: func(v string) error { c.Data = v; return nil }},
		{Flag: "token", Env: "TOKEN", Usage: "secret that the site sends its counts with and that opens the pages, at least 16 characters; rather in a file, since others may see the command line", Secret: true, MayBeNone: true,
			Set: func(v string) error { return c.token(v, "TOKEN") }},
		{Flag: "token-file", Env: "TOKEN_FILE", Usage: "file that holds the token; it wins over TOKEN", Secret: true, MayBeNone: true,
			Set: c.tokenFile},
		{Flag: "public", Env: "PUBLIC", Fallback: "false", Usage: "let everybody read the numbers; without it they need the token",
			Set: func(v string) error {
				b, err := strconv.ParseBool(v)
				if err != nil {
					return errors.New("expected true or false")
				}
				c.Public = b
				return nil
			}},
	}
}

// readConfig reads flags and environment. Every error names the setting.
func readConfig(args []string, lookup func(string) (string, bool), output io.Writer) (*config, error) {
	c := &config{}
	usage := "[healthcheck | backup FILE | restore FILE | version | licences] [settings]"
	if _, err := service.ReadSettings("tally", usage, c.table(), args, lookup, output); err != nil {
		return nil, err
	}
	if dir, _ := lookup("CREDENTIALS_DIRECTORY"); c.TokenFrom == "" && dir != "" {
		// systemd puts what LoadCredential names there.
		name := filepath.Join(dir, "tally_token")
		if _, err := os.Stat(name); err == nil {
			if err := c.tokenFile(name); err != nil {
				return nil, fmt.Errorf("tally_token: %w", err)
			}
		}
	}
	if c.Data == "" {
		c.Data, _ = lookup("STATE_DIRECTORY")
	}
	return c, nil
}

// complete tells what a command lacks.
func (c *config) complete(command string) error {
	switch {
	case c.Data == "" && command != "healthcheck":
		return errors.New("DATA: say where the counts are to be kept, as in DATA=/var/lib/tally")
	case c.TokenFrom == "" && command == "serve":
		return errors.New("TOKEN_FILE: name the file that holds the token, without which nobody could send counts; openssl rand -hex 24 makes one")
	}
	return nil
}

func (c *config) tokenFile(name string) error {
	if name == "" {
		return nil
	}
	text, doubt, err := service.ReadSecret("token", name)
	if err != nil {
		return err
	}
	if doubt != "" {
		c.Doubts = append(c.Doubts, doubt)
	}
	return c.token(text, name)
}

// token takes a token; an empty text is none.
func (c *config) token(text, from string) error {
	if text == "" {
		return nil
	}
	t, err := page.NewToken(text)
	if err != nil {
		return err
	}
	c.Token, c.TokenFrom = t, from
	return nil
}
