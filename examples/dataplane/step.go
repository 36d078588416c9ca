package main

import (
	"time"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
)

// step is a step of the workflow, as the scripted server of its service sees it.
type step struct {
	name    string // of -fail-at
	service string
	method  testsuite.Method
	runsFor time.Duration
	code    lro.Code // with which -fail-at lets it fail
}

// steps are those of the workflow, in the order in which they may begin.
var steps = []step{
	{"range", "compute.googleapis.com", "compute.globalAddresses.insert", time.Second, lro.CodeResourceExhausted},
	{"spanner", lro.SpannerService, "CreateInstance", 4 * time.Second, lro.CodeResourceExhausted},
	{"cache", "memorystore.googleapis.com", "memorystore.projects.locations.instances.create", 5 * time.Second, lro.CodeInternal},
	{"connection", "servicenetworking.googleapis.com", "servicenetworking.services.connections.create", 2 * time.Second, lro.CodeFailedPrecondition},
	{"cluster", "alloydb.googleapis.com", "alloydb.projects.locations.clusters.create", 3 * time.Second, lro.CodeInternal},
	{"sql", "sqladmin.googleapis.com", "sql.instances.insert", 5 * time.Second, lro.CodeInternal},
	{"database", lro.SpannerService, "CreateDatabase", 3 * time.Second, lro.CodeInternal},
	{"primary", "alloydb.googleapis.com", "alloydb.projects.locations.clusters.instances.create", 3 * time.Second, lro.CodeInternal},
}

// deletes are the deletes that are operations. Those of Spanner are none.
var deletes = map[string][]testsuite.Method{
	"compute.googleapis.com":           {"compute.globalAddresses.delete"},
	"memorystore.googleapis.com":       {"memorystore.projects.locations.instances.delete"},
	"servicenetworking.googleapis.com": {"servicenetworking.services.connections.deleteConnection"},
	"alloydb.googleapis.com":           {"alloydb.projects.locations.clusters.delete", "alloydb.projects.locations.clusters.instances.delete"},
	"sqladmin.googleapis.com":          {"sql.instances.delete"},
}

func stepNames() []string {
	var names []string
	for _, s := range steps {
		names = append(names, s.name)
	}
	return names
}

// script is how the step's operation behaves.
func (s step) script(failAt string) testsuite.Script {
	script := testsuite.Script{RunsFor: s.runsFor}
	if s.name == failAt {
		script.End = testsuite.Fail(s.code, "no luck with the "+s.name)
	}
	return script
}
