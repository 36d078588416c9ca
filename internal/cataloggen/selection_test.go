package main

import (
	"slices"
	"testing"
)

func TestServed(t *testing.T) {
	t.Parallel()
	rows := []struct {
		reason   string
		name     string
		versions []string
		want     []string
	}{
		{"all stable versions", "a", []string{"v1", "v1beta1", "v2", "v3alpha"}, []string{"v1", "v2"}},
		{"a version with a point is stable", "a", []string{"v1.1", "v1beta"}, []string{"v1.1"}},
		{"a beta before a newer alpha", "a", []string{"v1beta1", "v2alpha1"}, []string{"v1beta1"}},
		{"the newer beta", "a", []string{"v1beta1", "v1beta2", "v2beta"}, []string{"v2beta"}},
		{"a version without a number", "a", []string{"alpha"}, []string{"alpha"}},
		{"retired", "sql", []string{"v1beta4"}, nil},
	}
	for _, row := range rows {
		var all []*document
		for _, version := range row.versions {
			all = append(all, &document{Name: row.name, Version: version})
		}
		var got []string
		for _, d := range served(all) {
			got = append(got, d.Version)
		}
		if !slices.Equal(got, row.want) {
			t.Errorf("%s: %q, want %q", row.reason, got, row.want)
		}
	}
}

// TestLists wants each name that a rule has by hand to be one that the documents still have.
func TestLists(t *testing.T) {
	t.Parallel()
	services, names := map[string]bool{}, map[string]bool{}
	for _, d := range documents(t).documents {
		services[d.Name] = true
		for _, m := range d.methods {
			names[m.name] = true
		}
	}
	for name, reason := range retired {
		if !services[name] || reason == "" {
			t.Errorf("%s is shipped no more, or is retired without a reason: remove it", name)
		}
	}
	for name := range ownShapes {
		if !services[name] {
			t.Errorf("there is no service %s any more", name)
		}
	}
	for name := range readNames {
		if !names[name] {
			t.Errorf("there is no method %s any more", name)
		}
	}
}
