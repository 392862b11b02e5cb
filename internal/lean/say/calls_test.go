//go:build !js

package say

import (
	"encoding/json"
	"errors"
	"go/ast"
	"go/constant"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestCalls checks that all calls in the engine give each verb an argument that
// it can print, which go vet does only for fmt.
func TestCalls(t *testing.T) {
	cmd := exec.Command("go", "list", "-export", "-deps", "-json=ImportPath,Export,Dir,GoFiles", "../../../wasm/engine")
	cmd.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm")
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %v\n%s", cmd.Args, err, stderr.String())
	}
	type pkg struct {
		ImportPath, Export, Dir string
		GoFiles                 []string
	}
	exports := map[string]string{}
	var own []pkg
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p pkg
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		exports[p.ImportPath] = p.Export
		if strings.HasPrefix(p.ImportPath, "zoneaxis/") {
			own = append(own, p)
		}
	}
	fset := token.NewFileSet()
	imports := importer.ForCompiler(fset, "gc", func(path string) (io.ReadCloser, error) { return os.Open(exports[path]) })
	calls := 0
	for _, p := range own {
		var files []*ast.File
		for _, name := range p.GoFiles {
			f, err := parser.ParseFile(fset, filepath.Join(p.Dir, name), nil, parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			files = append(files, f)
		}
		info := &types.Info{Types: map[ast.Expr]types.TypeAndValue{}, Uses: map[*ast.Ident]types.Object{}}
		if _, err := (&types.Config{Importer: imports}).Check(p.ImportPath, fset, files, info); err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			ast.Inspect(f, func(n ast.Node) bool {
				if call, ok := n.(*ast.CallExpr); ok && isFormat(call, info) {
					calls++
					for _, fault := range faults(call, info) {
						t.Errorf("%v: %s", fset.Position(call.Pos()), fault)
					}
				}
				return true
			})
		}
	}
	if calls == 0 {
		t.Error("no call found")
	}
}

func isFormat(call *ast.CallExpr, info *types.Info) bool {
	selector, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return false
	}
	f, ok := info.Uses[selector.Sel].(*types.Func)
	return ok && f.Pkg() != nil && f.Pkg().Path() == "zoneaxis/internal/lean/say" && strings.HasSuffix(f.Name(), "f")
}

// faults lists what is wrong with a call.
func faults(call *ast.CallExpr, info *types.Info) (list []string) {
	value := info.Types[call.Args[0]].Value
	if value == nil || call.Ellipsis.IsValid() {
		return []string{"its format is no constant, or its arguments are a slice"}
	}
	format, args := constant.StringVal(value), call.Args[1:]
	for i := 0; i < len(format); i++ {
		if format[i] != '%' {
			continue
		}
		var f field
		if i = f.parse(format, i+1); f.verb == '%' {
			continue
		}
		if len(args) == 0 {
			return append(list, "too few arguments for “"+format+"”")
		}
		if kind := info.Types[args[0]].Type; !fits(f.verb, kind) {
			list = append(list, "%"+string(f.verb)+" of a "+kind.String())
		} else if f.verb == 'w' && !strings.HasSuffix(call.Fun.(*ast.SelectorExpr).Sel.Name, "Errorf") {
			list = append(list, "%w outside Errorf")
		}
		args = args[1:]
	}
	if len(args) > 0 {
		list = append(list, "too many arguments for “"+format+"”")
	}
	return list
}

// fits tells whether append prints a value of a type at a verb.
func fits(verb byte, kind types.Type) bool {
	method := func(name string) bool {
		f, _, _ := types.LookupFieldOrMethod(kind, false, nil, name)
		m, ok := f.(*types.Func)
		if !ok {
			return false
		}
		s := m.Signature()
		return s.Params().Len() == 0 && s.Results().Len() == 1 && s.Results().At(0).Type().String() == "string"
	}
	text := kind.String()
	switch isError := method("Error"); verb {
	case 'w':
		return isError
	case 's', 'q':
		return isError || method("String") || text == "string" || text == "[]byte"
	case 'd':
		return strings.HasPrefix(text, "int") || strings.HasPrefix(text, "uint") && text != "uintptr" || text == "byte" || text == "rune"
	case 'g', 'f':
		return strings.HasPrefix(text, "float")
	case 'v':
		return text == "bool" || text == "any" || text == "interface{}" || fits('s', kind) || fits('d', kind) || fits('g', kind)
	}
	return false
}
