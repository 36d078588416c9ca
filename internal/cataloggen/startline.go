package main

import (
	"fmt"
	"slices"
	"strings"
)

// line is the method's line in the catalog.
func (s start) line() string {
	fields := []string{s.key(), s.HTTPMethod, s.document.relative(s.path)}
	if s.shape != s.document.mainShape() {
		fields = append(fields, "shape="+s.shape)
	}
	if s.made != nil {
		fields = append(fields, "id="+s.made.id)
		if s.made.body != "" {
			fields = append(fields, "body="+s.made.body)
		}
	}
	fields = append(fields, s.options()...)
	fields = append(fields, s.ends()...)
	if letters := s.metadata.letters(); letters != "" && s.shape != s.document.ownShape() {
		fields = append(fields, "meta="+letters)
	}
	return strings.Join(append(fields, fmt.Sprintf("x=%d", s.exactness())), "\t")
}

// key is the method's id without the service.
func (s start) key() string { return strings.TrimPrefix(s.ID, s.document.ids()+".") }

// ownShape is the shape whose operation itself has what the metadata of others has.
func (d *document) ownShape() string { return ownShapes[d.Name].shape }

// mainShape is the shape of all of the document's collections, the standard one if they differ.
func (d *document) mainShape() string {
	main := ""
	for _, c := range d.collections() {
		if main != "" && main != c.shape {
			return standard
		}
		main = c.shape
	}
	if main == "" {
		return standard
	}
	return main
}

// options are the parameters of a request that a starter sets: "?name" in the query, ".name" in
// the body.
func (s start) options() []string {
	var found []string
	for _, name := range []string{"requestId", "validateOnly", "updateMask", "etag", "force", "allowMissing"} {
		if place := s.place(name); place != "" {
			found = append(found, place)
		}
	}
	return found
}

// place is where a field of the request stands, "" if there is none.
func (s start) place(name string) string {
	if s.inQuery(name) {
		return "?" + name
	}
	if _, ok := s.document.properties(s.Request)[name]; ok && (name != "etag" || s.kind != creates) {
		return "." + name
	}
	return ""
}

// ends are the get, the delete and the fields of what a method makes.
func (s start) ends() []string {
	if s.made == nil {
		return nil
	}
	var found []string
	if s.made.get != nil {
		found = append(found, "get")
	}
	if m := s.made.delete; m != nil {
		how := "delete=now"
		if s.document.shape(m) != "" {
			how = "delete=op"
		}
		if parameters := m.query(); len(parameters) > 0 {
			how += ":" + strings.Join(parameters, ",")
		}
		found = append(found, how)
	}
	if fields := s.fields(); len(fields) > 0 {
		found = append(found, "has="+strings.Join(fields, ","))
	}
	if s.made.schema != "" {
		found = append(found, "type="+s.made.schema)
	}
	return found
}

// fields are those of what it makes that a starter reads or sets, under their own names.
func (s start) fields() []string {
	var found []string
	if s.labeled() {
		found = append(found, "labels")
	}
	properties := s.document.Schemas[s.made.schema].Properties
	for _, names := range [][]string{{"createTime", "creationTimestamp"}, {"state", "status", "lifecycleState", "reconciling"}, {"etag", "fingerprint"}} {
		if i := slices.IndexFunc(names, func(n string) bool { _, ok := properties[n]; return ok }); i >= 0 {
			found = append(found, names[i])
		}
	}
	return found
}

// labeled reports whether the request can set labels on what it makes. Some of compute's resources
// take labels only afterwards.
func (s start) labeled() bool {
	if s.made == nil || s.made.body == "-" {
		return false
	}
	labels, ok := s.document.Schemas[s.made.schema].Properties["labels"]
	later := s.document.Name == compute && strings.Contains(labels.Description, "setLabels")
	return ok && labels.AdditionalProperties != nil && !labels.outputOnly() && !later
}
