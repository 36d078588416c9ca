package main

import "testing"

func TestPlain(t *testing.T) {
	t.Parallel()
	rows := []struct{ reason, expression, want string }{
		{"segments", "^projects/[^/]+/locations/[^/]+$", "projects/*/locations/*"},
		{"a constant below a segment", "^projects/[^/]+/locations/global$", "projects/*/locations/global"},
		{"an open end", "^operations/.*$", "operations/**"},
		{"an open middle", "^[^/]+/[^/]+/operations/[^/]+/.*$", "*/*/operations/*/**"},
		{"a number", "organizations/[0-9]{0,20}", "organizations/*"},
		{"alternatives in brackets", "reservations/([a-z](?:[-a-z0-9]{0,61}[a-z0-9])?|[1-9][0-9]{0,19})/blocks/[^/]+", "reservations/*/blocks/*"},
		{"slashes inside of a segment", "[a-z](?:[-a-zA-Z0-9/]{0,255}[a-zA-Z0-9])?", "**"},
		{"no pattern", "", "**"},
	}
	for _, row := range rows {
		if got := plain(row.expression); got != row.want {
			t.Errorf("%s: %q, want %q", row.reason, got, row.want)
		}
	}
}

func TestPattern(t *testing.T) {
	t.Parallel()
	parameters := map[string]parameter{"parent": {Location: "path", Pattern: "^projects/[^/]+$"}}
	rows := []struct{ reason, servicePath, path, want string }{
		{"a whole name", "", "v1/{+parent}/things", "v1/projects/*/things"},
		{"single segments, below the service's path", "compute/v1/", "projects/{project}/zones/{zone}/things", "compute/v1/projects/*/zones/*/things"},
		{"a verb", "", "v1/{+parent}:verb", "v1/projects/*:verb"},
	}
	for _, row := range rows {
		m := method{Path: row.path, Parameters: parameters}
		if got := m.pattern(row.servicePath); got != row.want {
			t.Errorf("%s: %q, want %q", row.reason, got, row.want)
		}
	}
}
