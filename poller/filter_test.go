package poller

import (
	"encoding/json"
	"strings"
	"testing"
)

// The type that metadata names stands in a List's filter. Whatever it is, it stays one
// term of the filter, and says no more than the type.
func FuzzFilterKept(f *testing.F) {
	for _, seed := range []string{
		`type.googleapis.com/google.spanner.admin.database.v1.CreateDatabaseMetadata`, `t/X) OR (name:*`, `a" OR "b`, "a\nb", "a\\", "", "a AND b", "a\u00a0b", "a\tb", "NOT", "-a", "a,b", "a=b", "*",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, kind string) {
		metadata, err := json.Marshal(map[string]string{"@type": kind})
		if err != nil {
			t.Fatal(err)
		}
		kept := metadataType(metadata)
		if kept == "" {
			return
		}
		for _, c := range kept {
			letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
			if !letter && !strings.ContainsRune("./_", c) {
				t.Fatalf("the filter would hold %q", kept)
			}
		}
	})
}
