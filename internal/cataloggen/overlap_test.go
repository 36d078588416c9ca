package main

import (
	"slices"
	"strings"
	"testing"

	"github.com/awaitop/awaitop/catalog"
)

// TestNamesAreOperations looks for a name that is one of an operation by the catalog, and that a GET,
// DELETE or :cancel of another resource takes too: to read, delete or cancel it would reach that
// resource. It makes a name for each pair of patterns that have one in common.
func TestNamesAreOperations(t *testing.T) {
	t.Parallel()
	pairs := 0
	for _, d := range served(documents(t).documents) {
		of := service(d.Name, d.Version)
		if of == nil {
			continue
		}
		reads := d.reads()
		for _, c := range of.Collections() {
			for _, m := range d.methods {
				verb, ok := reaches(m)
				if !ok || reads[m] || c.Shape != catalog.Standard {
					continue
				}
				pairs++
				path := strings.TrimSuffix(m.path, ":cancel")
				if name, both := common(of.Prefix+"/"+c.Pattern, path); both {
					t.Errorf("%s: %s takes the operation %s of %s", m.ID, verb, name, c.Pattern)
				}
			}
		}
	}
	if pairs < 10000 {
		t.Errorf("compared %d pairs", pairs)
	}
}

// reaches reports whether a request for an operation could be one of the method.
func reaches(m *method) (verb string, ok bool) {
	cancels := m.HTTPMethod == "POST" && strings.HasSuffix(m.path, ":cancel")
	plain := (m.HTTPMethod == "GET" || m.HTTPMethod == "DELETE") && !strings.Contains(m.path, ":")
	return m.HTTPMethod, cancels || plain
}

// common makes a name that two patterns match, if there is one.
func common(a, b string) (string, bool) {
	name, ok := meet(strings.Split(a, "/"), strings.Split(b, "/"))
	return strings.Join(name, "/"), ok
}

func meet(a, b []string) ([]string, bool) {
	switch {
	case len(a) == 0 && len(b) == 0:
		return nil, true
	case len(a) == 0 || len(b) == 0:
		return nil, false
	case a[0] == "**":
		return meetMany(a, b)
	case b[0] == "**":
		return meetMany(b, a)
	}
	first, ok := meetSegment(a[0], b[0])
	if !ok {
		return nil, false
	}
	rest, ok := meet(a[1:], b[1:])
	return append([]string{first}, rest...), ok
}

// meetMany lets the "**" at the beginning of a stand for one segment of b and more.
func meetMany(a, b []string) ([]string, bool) {
	first := strings.ReplaceAll(strings.ReplaceAll(b[0], "**", "*"), "*", "x")
	for _, after := range [][]string{a[1:], a} {
		if b[0] == "**" {
			if rest, ok := meet(after, b); ok {
				return append([]string{first}, rest...), true
			}
		}
		if rest, ok := meet(after, b[1:]); ok && !slices.Equal(after, b) {
			return append([]string{first}, rest...), true
		}
	}
	return nil, false
}

func meetSegment(a, b string) (string, bool) {
	encoded := "*%2F*"
	switch {
	case a == b:
		return strings.ReplaceAll(a, "*", "x"), true
	case a == "*" && b != encoded:
		return strings.ReplaceAll(b, "*", "x"), true
	case b == "*" && a != encoded:
		return a, true
	case a == encoded && b == "*", b == encoded && a == "*":
		return "x%2Fx", true
	default:
		return "", false
	}
}

func TestCommon(t *testing.T) {
	t.Parallel()
	rows := []struct{ reason, a, b, want string }{
		{"equal", "a/*", "a/*", "a/x"},
		{"a constant fits", "*/operations/*", "projects/*/*", "projects/operations/x"},
		{"another constant", "a/*", "b/*", ""},
		{"too long", "a/*", "a/*/*", ""},
		{"an open end", "operations/**", "operations/*/x/*", "operations/x/x/x"},
		{"an open end takes one segment at least", "operations/**", "operations", ""},
		{"an open middle", "a/**/z", "a/*/*/z", "a/x/x/z"},
		{"two open ends", "a/**", "a/b/**", "a/b/x"},
		{"an encoded slash", "policies/*%2F*", "policies/*", "policies/x%2Fx"},
	}
	for _, row := range rows {
		got, ok := common(row.a, row.b)
		if got != row.want && row.want != "" || ok != (row.want != "") {
			t.Errorf("%s: %q, %t, want %q", row.reason, got, ok, row.want)
		}
	}
}
