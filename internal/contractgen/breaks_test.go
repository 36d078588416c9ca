package contractgen

import (
	"fmt"
	"maps"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// What breaks a release, and what does not.
func TestBreaks(t *testing.T) {
	t.Parallel()
	rows := map[string]struct {
		reason, from, to string // what of the release becomes what
		broken           bool
	}{
		"nothing":                     {"the same", "", "", false},
		"a description":               {"words are free", "what it is", "what else", false},
		"a new field of a user":       {"callers need not send it", "a: {type: string}", "a: {type: string}, new: {type: string}", false},
		"a required field of a user":  {"callers do not send it", "required: []", "required: [a]", true},
		"a field less to require":     {"callers may send it", "required: [b]", "required: []", false},
		"a field that is gone":        {"callers send it", "a: {type: string}", "other: {type: string}", true},
		"another type":                {"callers send the old one", "a: {type: string}", "a: {type: boolean}", true},
		"a new bound":                 {"callers may exceed it", "a: {type: string}", "a: {type: string, pattern: x}", true},
		"a value more":                {"callers need not send it", "enum: [x]", "enum: [x, y]", false},
		"a value less":                {"callers send it", "enum: [x]", "enum: [y]", true},
		"a new field of a worker":     {"readers ignore it", "w: {type: string}", "w: {type: string}, new: {type: string}", false},
		"which an older one has not":  {"a worker of the release does not write it", "required: [w]", "required: [w, v]", true},
		"a field that may be missing": {"readers rely on it", "required: [w]", "required: []", true},
		"an operation less":           {"callers call it", "op:", "other:", true},
		"an operation more":           {"nobody calls it yet", "op: {fqn: awaitop.op", "new: {fqn: awaitop.new}, op: {fqn: awaitop.op", false},
		"another name on the wire":    {"callers call the old one", "fqn: awaitop.op", "fqn: awaitop.oq", true},
		"another result":              {"readers read the old one", "$ref: '#/$defs/Out'", "$ref: '#/$defs/In'", true},
		"a failure more":              {"callers take those that they do not know for failures, too", "[Failed]", "[Failed, Gone]", false},
		"a failure less":              {"callers handle it", "[Failed]", "[Gone]", true},
		"an object that was open":     {"a reader of the release refuses what it ignored", "description: out", "additionalProperties: false", true},
	}
	for name, row := range rows {
		now := strings.Replace(release, row.from, row.to, 1)
		if row.from != "" && now == release {
			t.Errorf("%s: the release has no %q", name, row.from)
		}
		if found := breaks(parse(t, release), parse(t, now)); (len(found) > 0) != row.broken {
			t.Errorf("%s, %s: found %q, want a break: %t", name, row.reason, found, row.broken)
		}
	}
}

// release is a small document.
const release = `
services:
  S: {operations: {op: {fqn: awaitop.op, input: {$ref: '#/$defs/In'}, output: {$ref: '#/$defs/Out'}, x-awaitop-failures: [Failed]}}}
$defs:
  In: {type: object, description: what it is, required: [], additionalProperties: false, properties: {a: {type: string}, e: {type: string, enum: [x]}}}
  Sub: {type: object, required: [b], additionalProperties: false, properties: {b: {type: string}}}
  Out: {type: object, description: out, required: [w], properties: {w: {type: string}, v: {type: string}}}
`

// breaks are the changes from a release's document to another one on which a program of the release may fail.
func breaks(then, now map[string]any) []string {
	var c comparison
	c.compare("", then, now)
	return c.found
}

type comparison struct{ found []string }

func (c *comparison) report(format string, args ...any) {
	c.found = append(c.found, fmt.Sprintf(format, args...))
}

func (c *comparison) compare(path string, then, now any) {
	switch then := then.(type) {
	case map[string]any:
		object, ok := now.(map[string]any)
		if !ok {
			c.report("%s is no object any more", path)
			return
		}
		c.compareObjects(path, then, object)
	case []any:
		c.compareLists(path, then, now)
	default:
		if !reflect.DeepEqual(then, now) {
			c.report("%s is %v, was %v", path, now, then)
		}
	}
}

func (c *comparison) compareObjects(path string, then, now map[string]any) {
	if _, schema := then["properties"]; schema {
		c.compareRequired(path, then, now)
	}
	for _, key := range slices.Sorted(maps.Keys(then)) {
		value, kept := now[key]
		switch {
		case key == "description", key == "required":
		case !kept:
			c.report("%s.%s is gone", path, key)
		default:
			c.compare(path+"."+key, then[key], value)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(now)) {
		if _, was := then[key]; !was && slices.Contains(bounding, key) {
			c.report("%s has a new bound, %s", path, key)
		}
	}
}

// bounding are the keys of a schema that refuse values.
var bounding = []string{
	"enum", "pattern", "format", "minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems", "uniqueItems",
	"minProperties", "maxProperties", "additionalProperties", "const",
}

// compareRequired wants no new required field, since a program of the release leaves it out. What a worker writes has each
// field that it had.
func (c *comparison) compareRequired(path string, then, now map[string]any) {
	before, after := texts(then["required"]), texts(now["required"])
	for _, field := range after {
		if !slices.Contains(before, field) {
			c.report("%s requires %s", path, field)
		}
	}
	if then["additionalProperties"] == false {
		return
	}
	for _, field := range before {
		if !slices.Contains(after, field) {
			c.report("%s may have no %s", path, field)
		}
	}
}

// compareLists wants each entry of a list to be there still.
func (c *comparison) compareLists(path string, then []any, now any) {
	list, _ := now.([]any)
	for _, entry := range then {
		if !slices.ContainsFunc(list, func(other any) bool { return reflect.DeepEqual(entry, other) }) {
			c.report("%s has no %v any more", path, entry)
		}
	}
}

func texts(list any) (all []string) {
	entries, _ := list.([]any)
	for _, entry := range entries {
		all = append(all, fmt.Sprint(entry))
	}
	return all
}

func parse(t *testing.T, text string) (document map[string]any) {
	t.Helper()
	if err := yaml.Unmarshal([]byte(text), &document); err != nil {
		t.Fatal(err)
	}
	return document
}

func read(t *testing.T, file string) string {
	t.Helper()
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}
