package main

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
)

// document is the part of a discovery document that is read.
type document struct {
	Name, Version        string
	RootURL, ServicePath string
	Auth                 struct {
		OAuth2 struct{ Scopes map[string]json.RawMessage }
	}
	Endpoints []struct{ EndpointURL, Location string }
	Methods   map[string]*method
	Resources map[string]resource
	Schemas   map[string]schema

	methods  []*method // all of them, in order
	prefixed string    // the constant path before most names, see prefix.go
}

type resource struct {
	Methods   map[string]*method
	Resources map[string]resource
}

type method struct {
	ID         string
	Path       string
	HTTPMethod string
	Parameters map[string]parameter
	Request    reference
	Response   reference

	name     string // such as "create"
	resource string // such as "projects.locations.clusters"
	path     string // with patterns for parameters, see pattern.go
}

type parameter struct {
	Location, Pattern string
	Required          bool
}

type reference struct {
	Ref string `json:"$ref"`
}

type schema struct {
	Properties map[string]property
}

type property struct {
	reference
	Type                 string
	Description          string
	ReadOnly             bool
	AdditionalProperties json.RawMessage
}

// outputOnly reports whether the server sets the field.
func (p property) outputOnly() bool {
	return p.ReadOnly || strings.HasPrefix(strings.ToLower(p.Description), "output only")
}

// parse reads a document.
func parse(raw []byte) (*document, error) {
	d := new(document)
	if err := json.Unmarshal(raw, d); err != nil {
		return nil, err
	}
	d.collect("", d.Methods, d.Resources)
	d.prefixed = d.prefix()
	return d, nil
}

// collect adds the methods of a resource and of those below it, by name.
func (d *document) collect(below string, methods map[string]*method, resources map[string]resource) {
	for _, name := range slices.Sorted(maps.Keys(methods)) {
		m := methods[name]
		m.name, m.resource = name, below
		m.path = m.pattern(d.ServicePath)
		d.methods = append(d.methods, m)
	}
	for _, name := range slices.Sorted(maps.Keys(resources)) {
		d.collect(strings.TrimPrefix(below+"."+name, "."), resources[name].Methods, resources[name].Resources)
	}
}

// host is the service's DNS name.
func (d *document) host() string {
	return strings.Trim(strings.TrimPrefix(d.RootURL, "https://"), "/")
}

// properties are the fields of a schema.
func (d *document) properties(of reference) map[string]property {
	return d.Schemas[of.Ref].Properties
}

// at returns the methods of an HTTP verb on a path. Parameters match by their patterns.
func (d *document) at(verb, path string) *method {
	for _, m := range d.methods {
		if m.HTTPMethod == verb && m.path == path {
			return m
		}
	}
	return nil
}

// query lists the method's query parameters, in order.
func (m *method) query() []string {
	var names []string
	for name, p := range m.Parameters {
		if p.Location == "query" {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

func (m *method) inQuery(name string) bool { return m.Parameters[name].Location == "query" }
