package main_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/awaitop/awaitop/control"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
	"github.com/awaitop/awaitop/workflows"
)

// shop is a site in a namespace of its own, with a backup under way, one that is short, and one that nobody may read. That
// one is of another instance: a List would tell of it all the same.
func shop(t *testing.T, name string) (environment []string) {
	t.Helper()
	namespace(t, name)
	s := newSite(t, testsuite.Options{})
	s.queue = "backups"
	s.client = dialIn(t, name)
	environment = []string{"TEMPORAL_NAMESPACE=" + name}
	s.serve("", environment...)
	metadata := testsuite.ProgressMetadata("google.spanner.admin.database.v1.CreateBackupMetadata", nil)
	denied := testsuite.PermissionDenied().Calls(2, 0).On(testsuite.MethodGet, testsuite.MethodList)
	for _, backup := range []struct {
		name   string
		script testsuite.Script
	}{
		{"orders/backups/archive", testsuite.Script{RunsFor: 10 * time.Minute, Metadata: metadata}},
		{"orders/backups/hourly", testsuite.Script{RunsFor: 30 * time.Second, Metadata: metadata}},
		{"returns/backups/nightly", testsuite.Script{End: testsuite.RunForever(), Faults: []testsuite.Fault{denied}}},
	} {
		ref := s.service.Start("projects/shop/instances/"+backup.name+"/operations/o", backup.script)
		id := s.await(ref, workflows.AwaitOptions{HeartbeatTimeout: 5 * time.Second, Policy: lro.PollPolicy{InitialInterval: 2 * time.Second}})
		eventually(t, func() error {
			status, err := control.Describe(t.Context(), s.client, id, control.Options{WithoutQuery: true})
			if err == nil && (len(status.Waits) == 0 || !known(status.Waits[0], len(backup.script.Faults) > 0)) {
				err = fmt.Errorf("%s is not as it will be", ref)
			}
			return err
		})
	}
	return environment
}

// known reports whether a wait shows its progress or, if its reads fail, why.
func known(w control.Wait, fails bool) bool {
	if fails {
		return w.LastError != nil
	}
	return w.Progress.Known
}

// list shows what is in trouble first, and says once what the names share.
func TestRecordingList(t *testing.T) {
	t.Parallel()
	environment := shop(t, "shop-list")
	f := newFilm(t, "list", "list: trouble first, with a bar for each wait", 100)
	f.environment = environment
	for _, args := range [][]string{{"list"}, {"list", "--trouble"}} {
		f.run(args...)
		f.frame("what is wrong stands below its wait", "PERMISSION_DENIED")
		f.process.wait(t).wants(t, 0)
	}
}

// A table that is watched is drawn again in place. Its last state stays when a person leaves.
func TestRecordingWatch(t *testing.T) {
	t.Parallel()
	environment := shop(t, "shop-watch")
	f := newFilm(t, "list-watch", "list --watch: a live table", 100)
	f.environment = environment
	f.run("list", "--watch")
	if err := f.on.Resize(100, 12); err != nil {
		t.Fatal(err)
	}
	f.frame("trouble comes first; between two reads a bar moves by the estimate", "~1")
	f.frame("a wait has ended, and stays for a minute", "succeeded")
	if err := f.on.Resize(66, 12); err != nil {
		t.Fatal(err)
	}
	f.frameWhen("in a smaller window the columns go that are needed least", "without NEXT", func(screen string) bool {
		return strings.Contains(screen, "q quits") && !strings.Contains(screen, "NEXT")
	})
	if err := f.on.Type("\x03"); err != nil {
		t.Fatal(err)
	}
	f.process.wait(t).wants(t, 130)
	f.frameWhen("after Ctrl-C the terminal is as it was, with the last table", "without the live one", func(screen string) bool {
		return strings.Contains(screen, "blocked") && !strings.Contains(screen, "q quits")
	})
}
