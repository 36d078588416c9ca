package contractgen

import (
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/awaitop/awaitop/internal/gosource"
)

// definitions makes the document's $defs.
type definitions struct {
	source  *gosource.Module
	wording wording
	users   []reflect.Type // what users write
	made    map[string]*object
	types   map[string]definition // by the name of the definition
}

// definition is what a definition is of.
type definition struct {
	of   reflect.Type
	user bool // whether users write it
}

// pkg is a package's source. A package of the module that does not parse does not compile either.
func (d *definitions) pkg(path string) *gosource.Package {
	p, err := d.source.Package(path)
	if err != nil {
		panic("contractgen: " + err.Error())
	}
	return p
}

// byWorker ends the name of a definition of what workers write, where users write the type, too.
const byWorker = "ByWorker"

// ref is a reference to a struct's definition, which it makes if need be.
func (d *definitions) ref(t reflect.Type, user bool) *object {
	name := nameOf(t)
	shared := slices.Contains(d.users, t)
	user = user && shared
	if shared && !user {
		name += byWorker
	}
	if _, ok := d.made[name]; !ok {
		d.made[name] = nil // for a type that holds itself
		d.types[name] = definition{t, user}
		d.made[name] = d.define(t, user)
	} else if d.types[name] != (definition{t, user}) {
		panic("contractgen: two types have the name " + name)
	}
	return newObject("$ref", "#/$defs/"+name)
}

// all are the definitions by their names, sorted.
func (d *definitions) all() *object {
	out := newObject()
	for _, name := range slices.Sorted(maps.Keys(d.made)) {
		out.set(name, d.made[name])
	}
	return out
}

// define is the definition of a struct.
func (d *definitions) define(t reflect.Type, user bool) *object {
	properties, required, anything := newObject(), []string{}, []string{}
	var references []string // the comments of fields whose schema is a reference
	members := d.fields(t, user)
	siblings := map[string]string{}
	for _, m := range members {
		siblings[m.goName] = m.name
	}
	for _, m := range members {
		if m.anything {
			anything = append(anything, m.name)
			continue
		}
		property := d.property(m, user)
		doc := d.docOf(t, m, user, siblings)
		if property.text("$ref") == "" {
			property = described(doc, property)
		} else if doc != "" && !m.inherits {
			references = append(references, doc)
		}
		properties.set(m.name, property)
		if d.isRequired(t, m, user) {
			required = append(required, m.name)
		}
	}
	out := newObject("description", d.describe(t, user, siblings, references), "type", "object",
		"required", required, "properties", properties, "x-awaitop-any", anything)
	if user {
		out.set("additionalProperties", false)
		for _, key := range slices.Sorted(maps.Keys(bounds[nameOf(t)])) {
			out.set(key, bounds[nameOf(t)][key])
		}
	} else if len(properties.keys) == 0 {
		out.set("additionalProperties", true)
	}
	return out
}

// described is a schema with a description before its other keys.
func described(doc string, schema *object) *object {
	out := newObject("description", doc)
	for _, key := range schema.keys {
		out.set(key, schema.values[key])
	}
	return out
}

// docOf is the comment of a field. Where workers write what users write, the user's definition has it.
func (d *definitions) docOf(t reflect.Type, m member, user bool, siblings map[string]string) string {
	if !user && slices.Contains(d.users, t) && !m.internal {
		return ""
	}
	return d.wording.ofField(m.field, m.doc, siblings)
}

// describe is a type's comment, with the comments of the fields whose schema is a reference.
func (d *definitions) describe(t reflect.Type, user bool, siblings map[string]string, references []string) string {
	doc := d.typeDoc(t)
	if rest, ok := strings.CutPrefix(doc, t.Name()+" "); ok {
		doc = nameOf(t) + " " + rest
	}
	if slices.Contains(d.users, t) && !user {
		doc = "A " + nameOf(t) + " as workers write it. It is open: a later release may add fields."
	}
	return strings.Join(append([]string{d.wording.text(doc, siblings)}, references...), "\n\n")
}

func (d *definitions) typeDoc(t reflect.Type) string {
	if source := d.pkg(t.PkgPath()).Types[t.Name()]; source != nil {
		return source.Doc
	}
	return ""
}

// property is the schema of a field, without its comment.
func (d *definitions) property(m member, user bool) *object {
	schema := d.schema(m.typ, user)
	if len(m.values) > 0 {
		schema.set(valuesKey(user), m.values)
	}
	if values := listOf(schema, valuesKey(user)); empty[nameOf(m.owner)+"."+m.name] {
		schema.set(valuesKey(user), append([]string{""}, values...))
	}
	if slices.Contains(pythonWords, m.name) {
		schema.set("x-py-name", m.name+"_")
	}
	if slices.Contains(javaWords, m.name) {
		schema.set("x-java-name", m.name+"Value")
	}
	return schema
}

// isRequired reports whether a payload always has a field. Of what users write a table says so, of what workers write
// the tag.
func (d *definitions) isRequired(t reflect.Type, m member, user bool) bool {
	if user {
		return slices.Contains(required[nameOf(t)], m.name)
	}
	return !m.optional
}
