package contract

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"
)

// Document is the document of the contract. It is safe for concurrent use.
type Document struct {
	root     map[string]any
	compiler *jsonschema.Compiler

	mu       sync.Mutex
	compiled map[string]*jsonschema.Schema // by place
}

// Read reads the document from a file, as a caller reads it that knows an earlier release than its workers have: objects
// that workers write may have further fields.
func Read(path string) (*Document, error) { return read(path, func(any) {}) }

// ReadExact reads the document as a description of this very release: no object has further fields, and no value is
// outside of the sets under x-awaitop-values.
func ReadExact(path string) (*Document, error) { return read(path, close) }

func read(path string, change func(any)) (*Document, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var root map[string]any
	if err := yaml.Unmarshal(raw, &root); err != nil {
		return nil, err
	}
	change(root["$defs"])
	change(root["x-awaitop-errors"])
	d := &Document{root: root, compiler: jsonschema.NewCompiler(), compiled: map[string]*jsonschema.Schema{}}
	d.compiler.AssertFormat()
	d.compiler.AssertContent()
	return d, d.compiler.AddResource(location, root)
}

// location is where the compiler has the document.
const location = "contract.yaml"

// close closes each object that has fields, and makes each set of values one of all values.
func close(schema any) {
	switch s := schema.(type) {
	case []any:
		for _, each := range s {
			close(each)
		}
	case map[string]any:
		for _, each := range s {
			close(each)
		}
		properties, isObject := s["properties"].(map[string]any)
		if _, named := s["type"].(string); !named || !isObject {
			if values, ok := s["x-awaitop-values"]; ok {
				s["enum"] = values
			}
			return
		}
		for _, name := range list(s["x-awaitop-any"]) {
			properties[name] = true
		}
		s["additionalProperties"] = false
	}
}

// Definition is the place of a definition.
func Definition(name string) string { return "#/$defs/" + name }

// Validate reports why JSON does not fit the schema at a place of the document, such as "#/$defs/Outcome".
func (d *Document) Validate(place string, raw []byte) error {
	schema, err := d.schema(place)
	if err != nil {
		return err
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		return fmt.Errorf("%s: %w", place, err)
	}
	if err := schema.Validate(value); err != nil {
		return fmt.Errorf("%s: %w", strings.TrimPrefix(place, "#/$defs/"), err)
	}
	return nil
}

func (d *Document) schema(place string) (*jsonschema.Schema, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if schema, ok := d.compiled[place]; ok {
		return schema, nil
	}
	schema, err := d.compiler.Compile(location + place)
	if err != nil {
		return nil, err
	}
	d.compiled[place] = schema
	return schema, nil
}

// list are the texts of a list, nil for another value.
func list(value any) (texts []string) {
	all, _ := value.([]any)
	for _, each := range all {
		if text, ok := each.(string); ok {
			texts = append(texts, text)
		}
	}
	return texts
}
