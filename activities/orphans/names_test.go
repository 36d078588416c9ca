package orphans_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/awaitop/awaitop/activities/orphans"
)

// A keyword fits each of Temporal's stores, is valid text, and keeps the end of a name.
func TestKeyword(t *testing.T) {
	t.Parallel()
	short, long := "//s.googleapis.com/projects/p/operations/o", "//s.googleapis.com/"+strings.Repeat("ä", 300)+"/operations/o"
	if got := orphans.Keyword(short); got != short {
		t.Errorf("%q, want it as it is", got)
	}
	got := orphans.Keyword(long)
	if len(got) > 255 || !utf8.ValidString(got) || !strings.HasPrefix(got, "...") || !strings.HasSuffix(got, "/operations/o") {
		t.Errorf("%q of %d bytes, want the end of the name", got, len(got))
	}
}
