package session_test

import (
	"bytes"
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

var updateDeclarations = flag.Bool("update-declarations", false, "write assets/js/shared/protocol.d.ts anew")

// The scripts of the page are type-checked against protocol.d.ts. It has to say
// what the Go types say:
//
//	go test ./internal/session -run Declarations -update-declarations
func TestDeclarations(t *testing.T) {
	path := filepath.Join("..", "..", "assets", "js", "shared", "protocol.d.ts")
	want := declarations(t, "protocol.go", "replies.go")
	if *updateDeclarations {
		if err := os.WriteFile(path, want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Error("assets/js/shared/protocol.d.ts does not say what the Go types say: run this test with -update-declarations and look at the change")
	}
}

// declarations writes the exported types of some files in TypeScript. A field
// that Go may leave out of the JSON is optional; so is every field of what the
// page sends, since the page leaves out what it does not mean.
func declarations(t *testing.T, files ...string) []byte {
	var out bytes.Buffer
	out.WriteString("// The messages of package session. Made by its TestDeclarations: do not edit.\n")
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range file.Decls {
			group, ok := d.(*ast.GenDecl)
			if !ok || group.Tok != token.TYPE {
				continue
			}
			for _, s := range group.Specs {
				spec := s.(*ast.TypeSpec)
				if !spec.Name.IsExported() {
					continue
				}
				body, ok := spec.Type.(*ast.StructType)
				if !ok {
					fmt.Fprintf(&out, "\nexport type %s = %s;\n", spec.Name.Name, typescript(spec.Type))
					continue
				}
				fmt.Fprintf(&out, "\nexport interface %s {\n", spec.Name.Name)
				sent := spec.Name.Name == "Request" || strings.HasSuffix(spec.Name.Name, "Patch") || spec.Name.Name == "ExportOptions"
				for _, f := range body.Fields.List {
					if f.Tag == nil {
						continue
					}
					tag, options, _ := strings.Cut(reflect.StructTag(strings.Trim(f.Tag.Value, "`")).Get("json"), ",")
					if tag == "-" || tag == "" {
						continue
					}
					mark := ""
					if strings.Contains(options, "omitempty") || sent && tag != "op" {
						mark = "?"
					}
					fmt.Fprintf(&out, "  %s%s: %s;\n", tag, mark, typescript(f.Type))
				}
				out.WriteString("}\n")
			}
		}
	}
	return out.Bytes()
}

// typescript writes a Go type as encoding/json sends it.
func typescript(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.StarExpr:
		return typescript(e.X)
	case *ast.ArrayType:
		if length, ok := e.Len.(*ast.BasicLit); ok {
			return "[" + strings.TrimSuffix(strings.Repeat(typescript(e.Elt)+", ", int(length.Value[0]-'0')), ", ") + "]"
		}
		return typescript(e.Elt) + "[]"
	case *ast.MapType:
		return "Record<" + typescript(e.Key) + ", " + typescript(e.Value) + ">"
	case *ast.Ident:
		switch e.Name {
		case "bool":
			return "boolean"
		case "int", "uint32", "float64":
			return "number"
		}
		return e.Name
	}
	return "unknown"
}
