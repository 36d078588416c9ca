package main

import (
	"bytes"
	"fmt"
	"testing"
)

func TestServerLog(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	log := &serverLog{out: &out}
	for i := range 5 {
		if _, err := fmt.Fprintf(log, "time=1 level=ERROR msg=%d\nbuilding %d\n", i, i); err != nil {
			t.Fatal(err)
		}
	}
	const want = "time=1 level=ERROR msg=0\nbuilding 0\ntime=1 level=ERROR msg=1\nbuilding 1\ntime=1 level=ERROR msg=2\nbuilding 2\nbuilding 3\nbuilding 4\n"
	if log.count() != 5 || out.String() != want {
		t.Errorf("%d errors, passed on:\n%s", log.count(), out.String())
	}
}
