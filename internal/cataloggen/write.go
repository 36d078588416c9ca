package main

import (
	"bytes"
	"maps"
	"slices"
	"strings"
)

// write adds the document's lines, if it starts operations or has any.
func (d *document) write(b *bytes.Buffer) {
	lines := d.collectionLines()
	for _, s := range d.starts() {
		lines = append(lines, s.line())
	}
	if len(lines) == 0 {
		return
	}
	b.WriteString(d.header() + "\n")
	for _, line := range lines {
		b.WriteString(line + "\n")
	}
}

// collectionLines are the lines of the collections, one a pattern. Of two collections of one
// pattern the one with fewer unusual request lines stands.
func (d *document) collectionLines() []string {
	byPattern := map[string]string{}
	for _, c := range d.collections() {
		line := d.line(c)
		if known, ok := byPattern[c.pattern]; !ok || len(line) < len(known) {
			byPattern[c.pattern] = line
		}
	}
	var lines []string
	for _, pattern := range slices.Sorted(maps.Keys(byPattern)) {
		lines = append(lines, byPattern[pattern])
	}
	return lines
}

const scopes = "https://www.googleapis.com/auth/"

// header is the line of the service.
func (d *document) header() string {
	fields := []string{"service", d.Name, d.Version, d.host()}
	if d.prefixed != d.Version {
		fields = append(fields, "prefix="+d.prefixed)
	}
	if ids := d.ids(); ids != d.Name {
		fields = append(fields, "ids="+ids)
	}
	if own := d.ownScopes(); len(own) > 0 {
		fields = append(fields, "scope="+strings.Join(own, ","))
	}
	rep, loc := d.regions()
	if len(rep) > 0 {
		fields = append(fields, "rep="+strings.Join(rep, ","))
	}
	if len(loc) > 0 {
		fields = append(fields, "loc="+strings.Join(loc, ","))
	}
	return strings.Join(fields, "\t")
}

// ids is how the ids of the document's methods begin. sqladmin's begin with an older name of it.
func (d *document) ids() string {
	ids, _, _ := strings.Cut(d.methods[0].ID, ".")
	return ids
}

// ownScopes are the OAuth scopes of a service that does not take cloud-platform.
func (d *document) ownScopes() []string {
	all := d.Auth.OAuth2.Scopes
	if _, ok := all[scopes+"cloud-platform"]; ok {
		return nil
	}
	var own []string
	for _, scope := range slices.Sorted(maps.Keys(all)) {
		own = append(own, strings.TrimPrefix(scope, scopes))
	}
	return own
}

// regions are the locations of the regional hosts, SERVICE.REGION.rep.googleapis.com and
// REGION-SERVICE.googleapis.com.
func (d *document) regions() (rep, loc []string) {
	name, _, _ := strings.Cut(d.host(), ".")
	for _, e := range d.Endpoints {
		host := strings.Trim(strings.TrimPrefix(e.EndpointURL, "https://"), "/")
		if region, ok := strings.CutSuffix(host, "-"+d.host()); ok {
			loc = append(loc, region)
		} else if region, ok := strings.CutPrefix(host, name+"."); ok {
			rep = append(rep, strings.TrimSuffix(region, ".rep.googleapis.com"))
		}
	}
	return compact(rep), compact(loc)
}

func compact(of []string) []string {
	slices.Sort(of)
	return slices.Compact(of)
}
