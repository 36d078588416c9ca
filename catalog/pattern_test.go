package catalog

import "testing"

func TestMatch(t *testing.T) {
	t.Parallel()
	rows := []struct {
		reason, pattern, name string
		want                  bool
	}{
		{"a name", "projects/*/operations/*", "projects/p/operations/o", true},
		{"another constant", "projects/*/operations/*", "projects/p/things/o", false},
		{"too short", "projects/*/operations/*", "projects/p/operations", false},
		{"too long", "projects/*/operations/*", "projects/p/operations/o/x", false},
		{"an empty segment", "projects/*", "projects/", false},
		{"an open end", "operations/**", "operations/a/b", true},
		{"an open end has a segment", "operations/**", "operations/", false},
		{"an open middle", "operations/projects/**/operations", "operations/projects/p/instances/i/operations", true},
		{"an open middle has a segment", "a/**/z", "a/z", false},
		{"an encoded slash", "policies/*%2F*/x", "policies/a%2Fb/x", true},
		{"an encoded slash elsewhere", "policies/*/x", "policies/a%2Fb/x", false},
		{"an encoded slash in an open end", "operations/**", "operations/a%2Fb", false},
		{"nothing", "**", "", false},
	}
	for _, row := range rows {
		if got := Match(row.pattern, row.name); got != row.want {
			t.Errorf("%s: Match(%q, %q) = %t", row.reason, row.pattern, row.name, got)
		}
	}
}
