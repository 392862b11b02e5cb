// Command lint checks the files of this folder's parent as those would who read
// them: the Dockerfile by the checks of BuildKit, the compose file by the
// published schema and its own loader, the Kubernetes manifests by the types of
// its API, in which an unknown or misspelt field is an error.
//
//	lint FILE…   the name of a file tells what it is
//
// It is a module of its own, so that none of this is among the dependencies of
// the program.
package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/compose-spec/compose-go/v2/cli"
	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/buildkit/frontend/dockerfile/linter"
	"github.com/moby/buildkit/frontend/dockerfile/parser"
	appsv1 "k8s.io/api/apps/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/apimachinery/pkg/util/yaml"
)

func main() {
	var errs []error
	for _, name := range os.Args[1:] {
		if err := check(name); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", name, err))
		}
	}
	if err := errors.Join(errs...); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// check looks at one file.
func check(name string) error {
	base := filepath.Base(name)
	switch {
	case strings.Contains(base, "Dockerfile"):
		return dockerfile(name)
	case strings.HasPrefix(base, "compose"):
		return compose(name)
	}
	return manifests(name)
}

// dockerfile parses a file and reports what BuildKit would warn of.
func dockerfile(name string) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	ast, err := parser.Parse(f)
	if err != nil {
		return err
	}
	var errs []error
	for _, w := range ast.Warnings {
		errs = append(errs, errors.New(w.Short))
	}
	lint := linter.New(&linter.Config{Warn: func(rule, description, url, message string, at []parser.Range) {
		line := 0
		if len(at) > 0 {
			line = at[0].Start.Line
		}
		errs = append(errs, fmt.Errorf("line %d: %s: %s", line, rule, message))
	}})
	_, _, err = instructions.Parse(ast.AST, lint)
	return errors.Join(append(errs, err)...)
}

// compose loads a file as the compose command does, which compares it with the
// schema first.
func compose(name string) error {
	options, err := cli.NewProjectOptions([]string{name}, cli.WithProfiles([]string{"*"}), cli.WithResolvedPaths(false))
	if err != nil {
		return err
	}
	_, err = options.LoadProject(context.Background())
	return err
}

// manifests decodes every document of a file strictly.
func manifests(name string) error {
	data, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	scheme := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{
		appsv1.AddToScheme, autoscalingv2.AddToScheme, corev1.AddToScheme, networkingv1.AddToScheme, policyv1.AddToScheme,
	} {
		if err := add(scheme); err != nil {
			return err
		}
	}
	decoder := serializer.NewCodecFactory(scheme, serializer.EnableStrict).UniversalDeserializer()
	documents := yaml.NewYAMLReader(bufio.NewReader(bytes.NewReader(data)))
	found := 0
	for {
		doc, err := documents.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		if len(bytes.TrimSpace(doc)) == 0 {
			continue
		}
		if _, _, err := decoder.Decode(doc, nil, nil); err != nil {
			return err
		}
		found++
	}
	if found == 0 {
		return errors.New("there is no document in it")
	}
	return nil
}
