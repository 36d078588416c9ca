package main

import (
	"regexp"
	"strings"
)

// start is a method that starts an operation.
type start struct {
	*method
	document *document
	shape    string
	kind     kind
	made     *created // what it makes, nil if it makes nothing
	metadata metadata // what its operation tells
}

// kind is what a method does, by its verb, name and path.
type kind int

const (
	creates           kind = iota // makes a resource
	deletes                       // deletes one
	updates                       // changes one
	actsOnCollection              // projects/*/clusters:restore
	actsOnResource                // projects/*/clusters/*:promote
	actsWithoutTarget             // a path without any name
)

var createName = regexp.MustCompile(`^(create|insert|Create[A-Z].*)$`)

func (m *method) kind() kind {
	target, _, _ := strings.Cut(m.path, ":")
	switch {
	case m.HTTPMethod == "DELETE":
		return deletes
	case m.HTTPMethod == "PATCH", m.HTTPMethod == "PUT":
		return updates
	case createName.MatchString(m.name):
		return creates
	case !strings.Contains(target, "*"):
		return actsWithoutTarget
	case strings.HasPrefix(last(target), "*"), !strings.Contains(m.path, ":") && strings.HasPrefix(last(parent(target)), "*"):
		return actsOnResource
	default:
		return actsOnCollection
	}
}

// starts are the document's start methods, in order.
func (d *document) starts() []start {
	reads := d.reads()
	var found []start
	for _, m := range d.methods {
		shape := d.shape(m)
		if shape == "" || reads[m] {
			continue
		}
		s := start{method: m, document: d, shape: shape, kind: m.kind()}
		s.made = d.created(s)
		s.metadata = d.metadataOf(s)
		found = append(found, s)
	}
	return found
}

// readNames are methods that answer with an operation that is there, outside of collections or
// under names of their own.
var readNames = map[string]bool{"fetchPredictOperation": true, "waitExecution": true}

// reads are the methods that read or end an operation and start none.
func (d *document) reads() map[*method]bool {
	reads := map[*method]bool{}
	for _, c := range d.collections() {
		for _, m := range c.methods {
			reads[m] = true
		}
		for _, m := range d.methods {
			if m.resource == c.methods["get"].resource && m.name == "listWait" {
				reads[m] = true
			}
		}
	}
	for _, m := range d.methods {
		if readNames[m.name] {
			reads[m] = true
		}
	}
	return reads
}
