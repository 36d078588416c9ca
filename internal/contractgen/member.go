package contractgen

import (
	"cmp"
	"reflect"
	"slices"
	"strings"

	"github.com/awaitop/awaitop/internal/gosource"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/workflows"
)

// member is a field with what the source says of it.
type member struct {
	field
	doc      string
	inherits bool     // doc is that of the field above
	values   []string // of a text whose type reflection does not see
	anything bool     // any kind of JSON, which the form cannot say
}

// wires are the structs that types with a MarshalJSON of their own write, where these have fields that the type has not,
// or mark fields as internal.
var wires = map[reflect.Type]string{
	reflect.TypeFor[workflows.AwaitInput]():    "awaitWire",
	reflect.TypeFor[workflows.AwaitAllInput](): "awaitAllWire",
	reflect.TypeFor[lro.Failure]():             "failureHints",
}

// wireTypes are the types of such fields, as the source writes them.
var wireTypes = map[string]reflect.Type{
	"string":   reflect.TypeFor[string](),
	"origin":   reflect.TypeFor[string](),
	"bool":     reflect.TypeFor[bool](),
	"Duration": reflect.TypeFor[lro.Duration](),
}

// fields are those of a struct. Users do not see those that are for workers only.
func (d *definitions) fields(t reflect.Type, user bool) (members []member) {
	for _, f := range fieldsOf(t) {
		f.name = d.nameInWire(f)
		source, _ := d.pkg(f.owner.PkgPath()).Types[f.owner.Name()].Field(f.goName)
		members = append(members, member{field: f, doc: source.Doc, inherits: source.Inherits, anything: anything[nameOf(f.owner)+"."+f.name]})
	}
	members = d.withWire(t, members)
	return slices.DeleteFunc(members, func(m member) bool {
		return user && m.internal || absent[nameOf(t)+"."+m.name]
	})
}

// nameInWire is the name of a field in JSON. The tag of the struct that a MarshalJSON writes decides, if that has a field of
// the same name in Go.
func (d *definitions) nameInWire(f field) string {
	wire, ok := wires[f.owner]
	if !ok || !f.own {
		return f.name
	}
	source, _ := d.pkg(f.owner.PkgPath()).Types[wire].Field(f.goName)
	name, _, _ := strings.Cut(reflect.StructTag(source.Tag).Get("json"), ",")
	return cmp.Or(name, f.name)
}

// withWire adds the fields that only a type's form in JSON has.
func (d *definitions) withWire(t reflect.Type, members []member) []member {
	name, ok := wires[t]
	if !ok {
		return members
	}
	p := d.pkg(t.PkgPath())
	source := p.Types[name]
	if source == nil {
		return members
	}
	for _, f := range source.Fields {
		inJSON, options, _ := strings.Cut(reflect.StructTag(f.Tag).Get("json"), ",")
		internal := reflect.StructTag(f.Tag).Get("awaitop") == "internal"
		at := slices.IndexFunc(members, func(m member) bool { return m.name == inJSON })
		if at >= 0 {
			members[at].internal = internal
			continue
		}
		members = append(members, wireMember(t, p, f, inJSON, internal, options != ""))
	}
	return members
}

func wireMember(t reflect.Type, p *gosource.Package, f gosource.Field, inJSON string, internal, optional bool) member {
	typ, ok := wireTypes[f.Type]
	if !ok {
		panic("contractgen: no type for field " + f.Name + " of " + t.String())
	}
	doc := f.Doc
	if doc == "" && p.Types[f.Type] != nil {
		doc = p.Types[f.Type].Doc
	}
	return member{
		field: field{name: inJSON, goName: f.Name, owner: t, typ: typ, optional: optional, internal: internal},
		doc:   doc, values: p.Values(f.Type),
	}
}

// absent are the fields of embedded structs that a type does not have in JSON, or refuses, by definition and field.
// A set refuses two options of a single wait.
var absent = map[string]bool{
	"RunInput.operation": true, "UndoInput.operation": true,
	"AwaitAllInput.deleteWhenDone": true, "AwaitAllInput.progressInterval": true,
}

// required are the fields without which awaitop refuses what users write, by definition. An AwaitInput needs its ref
// unless its operation is done.
var required = map[string][]string{
	"RunInput":       {"method", "target"},
	"UndoInput":      {"method", "target"},
	"SweepInput":     {"parents"},
	"SetPolicyInput": {"policy"},
	"AwaitAllInput":  {"refs"},
	"NexusGetInput":  {"ref"}, "NexusListInput": {"collection"}, "NexusSetPolicyInput": {"policy"},
}

// bounds are further rules of definitions of what users write.
var bounds = map[string]map[string]any{
	"AwaitInput":       {"minProperties": 1},
	"SetDeadlineInput": {"minProperties": 1, "maxProperties": 1},
}

// empty are fields that are written as "" if they have no value, by definition and field.
var empty = map[string]bool{"SetFailure.type": true}

// anything are fields that hold any JSON, by definition and field.
var anything = map[string]bool{"DescribedStatus.result": true}
