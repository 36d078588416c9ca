package catalog

import (
	"slices"
	"strings"
	"testing"
)

const generatedText = "# Code generated. DO NOT EDIT.\n# a module v1\n" +
	"service\ta\tv1\ta.googleapis.com\n" +
	"ops\toperations/*\tg\n" +
	"ops\t**\tgd\n" +
	"things.create\tPOST\tthings\tid=hand\tx=7\n" +
	"things.delete\tDELETE\tthings/*\tx=7\n" +
	"service\tb\tv1\tb.googleapis.com\tprefix=b/v1\tscope=b.read,https://mail.google.com/\trep=us,eu\tloc=asia\n" +
	"ops\toperations/*\tg\n"

const handText = "# By hand.\n\n" +
	"service\ta\tv1\n" +
	"# It takes anything.\n" +
	"ops\t**\t-\n" +
	"ops\tbare/*\tg\n" +
	"# The caller's.\n" +
	"things.create\tPOST\tthings\tid=name\tx=5\n\n" +
	"service\tc\tv1\tc.googleapis.com\n" +
	"ops\toperations/*\tg\n"

func TestHandOverrides(t *testing.T) {
	t.Parallel()
	x := newIndex(generatedText, handText)
	if x.origin != "a module v1" {
		t.Errorf("origin %q", x.origin)
	}
	var names []string
	for _, s := range x.services {
		names = append(names, s.String())
	}
	if want := []string{"a/v1", "b/v1", "c/v1"}; !slices.Equal(names, want) {
		t.Errorf("services %q, want %q: one is by hand alone", names, want)
	}
	a := x.byName["a"][0]
	var patterns []string
	for _, c := range a.Collections() {
		patterns = append(patterns, c.Pattern)
	}
	if want := []string{"bare/*", "operations/*"}; !slices.Equal(patterns, want) {
		t.Errorf("collections %q, want %q: one is taken out, one is added", patterns, want)
	}
	if got := a.Method("a.things.create"); got == nil || got.IDPlace != (Place{InBody, "name"}) || got.Exactness != ByIDAndAge {
		t.Errorf("the method by hand: %+v", got)
	}
	if a.Method("a.things.delete") == nil || a.Method("a.things.patch") != nil || len(a.Methods()) != 2 {
		t.Errorf("methods %v", a.Methods())
	}
}

func TestServiceLine(t *testing.T) {
	t.Parallel()
	b := newIndex(generatedText, "").byName["b"][0]
	if b.Prefix != "b/v1" {
		t.Errorf("prefix %q", b.Prefix)
	}
	if want := []string{"https://www.googleapis.com/auth/b.read", "https://mail.google.com/"}; !slices.Equal(b.Scopes, want) {
		t.Errorf("scopes %q, want %q", b.Scopes, want)
	}
	want := []string{"b.us.rep.googleapis.com", "b.eu.rep.googleapis.com", "asia-b.googleapis.com"}
	if got := b.RegionalHosts(); !slices.Equal(got, want) {
		t.Errorf("regional hosts %q, want %q", got, want)
	}
}

// TestFiles reads all of the embedded files.
func TestFiles(t *testing.T) {
	t.Parallel()
	methods := 0
	for _, s := range Services() {
		if s.Host == "" || len(s.Scopes) == 0 || s.Prefix == "" && s.Name != "" {
			t.Errorf("%s: %+v", s, s)
		}
		for _, m := range s.Methods() {
			methods++
			checkMethod(t, s, m)
		}
		for _, c := range s.Collections() {
			if name := sample(c.Pattern); !ok(c.Get(name)) {
				t.Errorf("%s: no get of %s", s, name)
			}
		}
	}
	if len(Services()) < 170 || methods != 2795+7 { // by hand alone: memorystore
		t.Errorf("%d services with %d methods", len(Services()), methods)
	}
}

func checkMethod(t *testing.T, s *Service, m *Method) {
	t.Helper()
	if m.Exactness < ByRequestID || m.Exactness > ByNothing || s.Method(m.ID) != m {
		t.Errorf("%s: %+v", m.Key(), m)
	}
	if m.IDPlace.In != Nowhere && m.IDPlace.In != Unknown && m.IDPlace.In != ByServer && m.IDPlace.Field == "" {
		t.Errorf("%s: the id is in no field", m.Key())
	}
	if line, _, found := m.Request(sample(m.Target())); !found || strings.Contains(line.Path, "//") {
		t.Errorf("%s: %q, %t", m.Key(), line, found)
	}
	if name := sample(m.Made()); m.CanGet && !ok(m.GetMade(name)) || m.Delete != NoDelete && !ok(m.DeleteMade(name)) {
		t.Errorf("%s: no request for %s", m.Key(), name)
	}
}

// sample is a name of a pattern.
func sample(pattern string) string {
	return strings.NewReplacer("**", "x/y", "*", "x").Replace(pattern)
}

func ok(_ RequestLine, ok bool) bool { return ok }
