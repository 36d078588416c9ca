package contractgen

import (
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// The document has only what the form of NexGen has, as of its version 0.2.1: the rules are those of its parser.
func TestForm(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("../../contract/awaitop.nexusrpc.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, problem := range formProblems(t, string(raw)) {
		t.Error(problem)
	}
}

// The check of the form finds each of these.
func TestFormIsChecked(t *testing.T) {
	t.Parallel()
	const head = "nexusrpc: \"1.0.0\"\n"
	const service = "services: {S1: {operations: {op: {output: {$ref: \"#/$defs/A\"}}}}}\n"
	rows := map[string]string{
		"another version":              "nexusrpc: 1.1.0\n$defs: {A: {type: object, properties: {a: {type: string}}}}",
		"a schema at the root":         head + "type: object\n$defs: {}",
		"an unknown key at the root":   head + "failures: {}\n$defs: {}",
		"a service's name":             head + "services: {s: {operations: {op: {}}}}\n$defs: {}",
		"a service without operations": head + "services: {S1: {operations: {}}}\n$defs: {}",
		"an operation's name":          head + "services: {S1: {operations: {Op: {}}}}\n$defs: {}",
		"an output that is no ref":     head + "services: {S1: {operations: {op: {output: {type: string}}}}}\n$defs: {}",
		"a ref to nothing":             head + service + "$defs: {}",
		"a definition of a text":       head + service + "$defs: {A: {type: string}}",
		"anyOf":                        head + service + "$defs: {A: {type: object, properties: {a: {anyOf: [{type: string}]}}}}",
		"a list of types":              head + service + "$defs: {A: {type: object, properties: {a: {type: [string, \"null\"]}}}}",
		"no type":                      head + service + "$defs: {A: {type: object, properties: {a: {description: b}}}}",
		"an object without fields":     head + service + "$defs: {A: {type: object}}",
		"a list without elements":      head + service + "$defs: {A: {type: object, properties: {a: {type: array}}}}",
		"a key beside a ref":           head + service + "$defs: {A: {type: object, properties: {a: {$ref: \"#/$defs/A\", description: b}}}}",
		"a required field that is not": head + service + "$defs: {A: {type: object, required: [b], properties: {a: {type: string}}}}",
		"an unknown format":            head + service + "$defs: {A: {type: object, properties: {a: {type: string, format: phone}}}}",
		"a lookahead":                  head + service + "$defs: {A: {type: object, properties: {a: {type: string, pattern: \"(?=a)\"}}}}",
		"a pattern with flags":         head + service + "$defs: {A: {type: object, properties: {a: {type: string, pattern: \"(?i)a\"}}}}",
		"a value with a space":         head + service + "$defs: {A: {type: object, properties: {a: {type: string, enum: [\"a b\"]}}}}",
		"an empty description":         head + service + "$defs: {A: {type: object, description: \" \", properties: {a: {type: string}}}}",
		"a word of Python":             head + service + "$defs: {A: {type: object, properties: {from: {type: string}}}}",
		"a word of Java":               head + service + "$defs: {A: {type: object, properties: {class: {type: string, x-py-name: class_}}}}",
		"a name for further fields":    head + service + "$defs: {A: {type: object, properties: {additionalProperties: {type: string}}}}",
	}
	for name, text := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if problems := formProblems(t, text); len(problems) != 1 {
				t.Errorf("the problems are %q, want one", problems)
			}
		})
	}
}

// form collects what a document has that the form has not.
type form struct {
	defs     map[string]any
	problems []string
}

func formProblems(t *testing.T, text string) []string {
	t.Helper()
	var root map[string]any
	if err := yaml.Unmarshal([]byte(text), &root); err != nil {
		t.Fatal(err)
	}
	f := &form{}
	f.defs, _ = root["$defs"].(map[string]any)
	f.keys("the document", root, "nexusrpc", "$schema", "description", "services", "$defs")
	if root["nexusrpc"] != "1.0.0" {
		f.add("nexusrpc is %v", root["nexusrpc"])
	}
	if schema, ok := root["$schema"]; ok && schema != "https://json-schema.org/draft/2020-12/schema" {
		f.add("$schema is %v", schema)
	}
	services, _ := root["services"].(map[string]any)
	for name, service := range services {
		f.service(name, service.(map[string]any))
	}
	for name, definition := range f.defs {
		if schema := definition.(map[string]any); schema["type"] != "object" {
			f.add("%s is no object", name)
		} else {
			f.schema(name, schema)
		}
	}
	return f.problems
}

func (f *form) add(format string, args ...any) {
	f.problems = append(f.problems, fmt.Sprintf(format, args...))
}

// keys wants only these keys, and those that begin with x-.
func (f *form) keys(at string, object map[string]any, allowed ...string) {
	for key := range object {
		if !strings.HasPrefix(key, "x-") && !slices.Contains(allowed, key) {
			f.add("%s has %s", at, key)
		}
	}
}

var (
	serviceName   = regexp.MustCompile(`^[A-Z][a-zA-Z\d]+$`)
	operationName = regexp.MustCompile(`^[a-z][a-zA-Z\d]+$`)
)

func (f *form) service(name string, service map[string]any) {
	f.keys(name, service, "fqn", "description", "operations")
	operations, _ := service["operations"].(map[string]any)
	if !serviceName.MatchString(name) || len(operations) == 0 {
		f.add("%s is no name of a service, or has no operation", name)
	}
	for key, operation := range operations {
		at := name + "." + key
		if !operationName.MatchString(key) {
			f.add("%s is no name of an operation", at)
		}
		f.keys(at, operation.(map[string]any), "fqn", "description", "input", "output")
		for _, side := range []string{"input", "output"} {
			if schema, ok := operation.(map[string]any)[side].(map[string]any); ok {
				f.reference(at+"."+side, schema)
			}
		}
	}
}

// reference wants a reference to a definition, and nothing beside it.
func (f *form) reference(at string, schema map[string]any) {
	name, ok := strings.CutPrefix(fmt.Sprint(schema["$ref"]), "#/$defs/")
	if _, defined := f.defs[name]; !ok || !defined || len(schema) != 1 {
		f.add("%s is no reference to a definition", at)
	}
}

// keywords are those of the form that the document has any use for, by the type of a schema.
var keywords = map[string][]string{
	"object":  {"properties", "required", "additionalProperties", "minProperties", "maxProperties"},
	"array":   {"items"},
	"string":  {"pattern", "format", "enum", "contentEncoding", "examples"},
	"integer": {},
	"number":  {},
	"boolean": {},
}

func (f *form) schema(at string, schema map[string]any) {
	if _, ok := schema["$ref"]; ok {
		f.reference(at, schema)
		return
	}
	kind, _ := schema["type"].(string)
	allowed, ok := keywords[kind]
	if !ok {
		f.add("%s has the type %v", at, schema["type"])
		return
	}
	f.keys(at, schema, append([]string{"type", "description"}, allowed...)...)
	if text, ok := schema["description"].(string); ok && strings.TrimSpace(text) == "" {
		f.add("%s has an empty description", at)
	}
	switch kind {
	case "object":
		f.object(at, schema)
	case "array":
		if items, ok := schema["items"].(map[string]any); ok {
			f.schema(at+"[]", items)
		} else {
			f.add("%s has no items", at)
		}
	case "string":
		f.text(at, schema)
	}
}

func (f *form) object(at string, schema map[string]any) {
	properties, structured := schema["properties"].(map[string]any)
	further, open := schema["additionalProperties"]
	if !structured && !open {
		f.add("%s is an object without fields", at)
	}
	if values, ok := further.(map[string]any); ok {
		f.schema(at+".*", values)
	}
	required, _ := schema["required"].([]any)
	for _, name := range required {
		if _, ok := properties[name.(string)]; !ok {
			f.add("%s requires %s, which it has not", at, name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(properties)) {
		property := properties[name].(map[string]any)
		f.schema(at+"."+name, property)
		f.member(at+"."+name, name, property)
	}
}

// member wants a field to have a name in each language.
func (f *form) member(at, name string, property map[string]any) {
	reserved := map[string][]string{"x-py-name": pythonWords, "x-java-name": javaWords}
	for key, words := range reserved {
		if _, named := property[key]; slices.Contains(words, name) && !named {
			f.add("%s needs %s", at, key)
		}
	}
	if name == "additionalProperties" {
		f.add("%s is the name of further fields in generated code", at)
	}
}

var value = regexp.MustCompile(`^[!-~]*[A-Za-z0-9][!-~]*$`)

func (f *form) text(at string, schema map[string]any) {
	formats := []any{nil, "date-time", "date", "time", "duration", "uuid", "email", "hostname", "uri", "uri-reference", "ipv4", "ipv6"}
	if !slices.Contains(formats, schema["format"]) {
		f.add("%s has the format %v", at, schema["format"])
	}
	if encoding := schema["contentEncoding"]; encoding != nil && encoding != "base64" {
		f.add("%s has the encoding %v", at, encoding)
	}
	if pattern, ok := schema["pattern"].(string); ok {
		if _, err := regexp.Compile(pattern); err != nil || strings.Contains(pattern, "(?") || strings.Contains(pattern, `\S`) {
			f.add("%s has a pattern that not each language reads", at)
		}
	}
	values, _ := schema["enum"].([]any)
	for i, each := range values {
		text, ok := each.(string)
		if !ok || !value.MatchString(text) || slices.Contains(values[:i], each) {
			f.add("%s has the value %v", at, each)
		}
	}
}
