package spanner_test

import (
	"fmt"
	"testing"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"

	"github.com/awaitop/awaitop/activities/starters"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
)

// Whatever befalls a start, one operation is started, and it is the caller's:
// counted on the server, for every starter.
func TestStartFaults(t *testing.T) {
	t.Parallel()
	rows := map[string]struct {
		reason  string
		faults  func(testsuite.Method) []testsuite.Fault
		adopted bool // whether the operation is found rather than told
		tries   int
	}{
		"none": {"a plain start", func(testsuite.Method) []testsuite.Fault { return nil }, false, 1},
		"reply lost": {"the server acted, and nobody heard", func(m testsuite.Method) []testsuite.Fault {
			return []testsuite.Fault{testsuite.LostReply().On(m).Calls(1, 1)}
		}, true, 1},
		"reply cut": {"half a reply is none", func(m testsuite.Method) []testsuite.Fault {
			return []testsuite.Fault{testsuite.CutReply().On(m).Calls(1, 1)}
		}, true, 1},
		"cut before": {"the server did not act", func(m testsuite.Method) []testsuite.Fault {
			return []testsuite.Fault{testsuite.DroppedConnection().On(m).Calls(1, 1)}
		}, false, 2},
		"503": {"and then success", func(m testsuite.Method) []testsuite.Fault {
			return []testsuite.Fault{testsuite.Unavailable().On(m).Calls(1, 1)}
		}, false, 2},
		"503s": {"three of them", func(m testsuite.Method) []testsuite.Fault {
			return []testsuite.Fault{testsuite.Unavailable().On(m).Calls(1, 3)}
		}, false, 4},
		"429": {"the quota of admin requests", func(m testsuite.Method) []testsuite.Fault {
			return []testsuite.Fault{testsuite.RateLimited(0).On(m).Calls(1, 1)}
		}, false, 2},
		"403 quota": {"the same, as a 403", func(m testsuite.Method) []testsuite.Fault {
			return []testsuite.Fault{testsuite.QuotaDenied().On(m).Calls(1, 1)}
		}, false, 2},
		"page": {"a proxy's page with status 200", func(m testsuite.Method) []testsuite.Fault {
			return []testsuite.Fault{testsuite.HTMLPage(200).On(m).Calls(1, 1)}
		}, false, 2},
		"front end's 400": {"nobody's word, and nothing was started", func(m testsuite.Method) []testsuite.Fault {
			return []testsuite.Fault{testsuite.HTMLPage(400).On(m).Calls(1, 1)}
		}, false, 2},
		"front end's 401": {"not the API's word", func(m testsuite.Method) []testsuite.Fault {
			return []testsuite.Fault{testsuite.HTMLPage(401).On(m).Calls(1, 1)}
		}, false, 2},
		"front end's 403s": {"not the API's word, of reads either", func(testsuite.Method) []testsuite.Fault {
			return []testsuite.Fault{testsuite.HTMLPage(403).Calls(1, 2)}
		}, false, 3},
		"front end's 404s": {"the target is looked for, and nobody's word for what is not there", func(testsuite.Method) []testsuite.Fault {
			return []testsuite.Fault{testsuite.HTMLPage(404).Calls(1, 3)}
		}, false, 4},
		"proxy's JSON": {"a resource without a name is none, and nobody's", func(testsuite.Method) []testsuite.Fault {
			return []testsuite.Fault{testsuite.Body(200, "application/json", `{"status":"ok"}`).On("GetInstance", "GetDatabase", "GetBackup", "GetInstanceConfig", "GetInstancePartition").Calls(1, 2)}
		}, false, 3},
		"just enabled": {"the API was enabled a moment ago", func(testsuite.Method) []testsuite.Fault {
			return []testsuite.Fault{disabled().Calls(1, 2)}
		}, false, 3},
		"lost, then blind": {"the reply is lost, and what could be read is not", func(m testsuite.Method) []testsuite.Fault {
			return []testsuite.Fault{testsuite.LostReply().On(m).Calls(1, 1), testsuite.Unavailable().On(testsuite.MethodList, testsuite.MethodGet).Calls(2, 7)}
		}, true, 3},
	}
	for _, s := range allStarters() {
		for name, row := range rows {
			t.Run(fmt.Sprintf("%s/%s", s.method, name), func(t *testing.T) {
				t.Parallel()
				b := newBench(t).stage(s)
				b.service.Plan(s.method, testsuite.Script{RunsFor: time.Hour})
				b.service.AddFaults(row.faults(s.method)...)
				a := b.attempts()
				out, err := a.start(s)
				if err != nil {
					t.Fatalf("%s: %v", row.reason, err)
				}
				own := b.started(s)
				if len(own) != 1 || out.Ref != own[0] || !out.Found || out.Adopted != row.adopted {
					t.Errorf("%s: found %t %s, adopted %t; the server has %v", row.reason, out.Found, out.Ref, out.Adopted, own)
				}
				if row.tries < a.tries && name != "lost, then blind" {
					t.Errorf("%s: %d attempts, want %d", row.reason, a.tries, row.tries)
				}
			})
		}
	}
}

// disabled answers as an API does that is not enabled.
func disabled() testsuite.Fault {
	return testsuite.FailWith(lro.CodePermissionDenied, "Cloud Spanner API has not been used in project 1 before or it is disabled",
		&errdetails.ErrorInfo{Reason: "SERVICE_DISABLED", Domain: "googleapis.com"})
}

// A success that is no operation may have started one: it is looked for, and where it
// is not found, that is said.
func TestStartThatIsNoOperation(t *testing.T) {
	t.Parallel()
	replies := map[string]string{
		"JSON of something else": `{"kind":"something#else"}`,
		"a resource":             `{"name":"` + instance + `","state":"READY","config":"c"}`,
	}
	for _, s := range allStarters() {
		for name, body := range replies {
			t.Run(string(s.method)+"/"+name, func(t *testing.T) {
				t.Parallel()
				b := newBench(t).stage(s)
				b.service.AddFaults(testsuite.Body(200, "application/json", body).On(s.method))
				_, err := b.attempts().start(s)
				if f := testsuite.AssertFailure(t, err, lro.TypeStartFailed, lro.CodeUnknown); !f.MayRun {
					t.Errorf("%v says that nothing was started", err)
				}
				if looks := len(b.service.Calls()); looks < 3 {
					t.Errorf("%d calls: it was not looked for", looks)
				}
			})
		}
	}
}

// What is somebody else's is refused, and stays as it is.
func TestSomebodyElses(t *testing.T) {
	t.Parallel()
	for _, s := range allStarters() {
		if !s.creates {
			continue
		}
		t.Run(string(s.method), func(t *testing.T) {
			t.Parallel()
			b := newBench(t).stage(s)
			b.put(s.target)
			in := s.input()
			in.Since = time.Now().Add(time.Hour).UTC() // the resource is older than the workflow
			var out starters.StartOutput
			err := b.attempts().run(s.activity, in, &out)
			f := testsuite.AssertFailure(t, err, lro.TypeStartFailed, lro.CodeAlreadyExists)
			if len(f.Resources) != 1 || f.Resources[0] != s.target || f.MayRun {
				t.Errorf("the failure names %v, may run %t", f.Resources, f.MayRun)
			}
			b.service.AssertCalls(t, s.method, 0)
		})
	}
}

// A 409 to the very first call is somebody else's, who was faster.
func TestLostRace(t *testing.T) {
	t.Parallel()
	for _, s := range allStarters() {
		if !s.creates || s.labeled {
			continue
		}
		t.Run(string(s.method), func(t *testing.T) {
			t.Parallel()
			b := newBench(t).stage(s)
			b.service.AddFaults(testsuite.FailWith(lro.CodeAlreadyExists, "already there").On(s.method))
			_, err := b.attempts().start(s)
			testsuite.AssertFailure(t, err, lro.TypeStartFailed, lro.CodeAlreadyExists)
			b.service.AssertCalls(t, s.method, 1)
		})
	}
}

// An earlier run of the workflow started it: the same key, no heartbeat.
func TestAdoptAcrossRuns(t *testing.T) {
	t.Parallel()
	for _, s := range allStarters() {
		for _, runsFor := range []time.Duration{0, time.Hour} {
			t.Run(fmt.Sprintf("%s/%s", s.method, runsFor), func(t *testing.T) {
				t.Parallel()
				b := newBench(t).stage(s)
				b.service.Plan(s.method, testsuite.Script{RunsFor: runsFor})
				first, err := b.attempts().start(s)
				if err != nil {
					t.Fatal(err)
				}
				in := s.input()
				in.Retried = true
				var again starters.StartOutput
				err = b.attempts().run(s.activity, in, &again)
				if err != nil || again.Ref != first.Ref || !again.Adopted || len(b.started(s)) != 1 {
					t.Errorf("%s adopted %t (%v), want %s; the server has %v", again.Ref, again.Adopted, err, first.Ref, b.started(s))
				}
			})
		}
	}
}

// What failed in an earlier run is started anew, as the next generation.
func TestNextGeneration(t *testing.T) {
	t.Parallel()
	for _, s := range allStarters() {
		t.Run(string(s.method), func(t *testing.T) {
			t.Parallel()
			b := newBench(t).stage(s)
			failing := testsuite.Script{End: testsuite.Fail(lro.CodeInternal, "no")}
			b.service.Plan(s.method, failing, testsuite.Script{RunsFor: time.Hour})
			first, err := b.attempts().start(s)
			if err != nil {
				t.Fatal(err)
			}
			again, err := b.attempts().start(s)
			if err != nil || again.Adopted || again.Ref == first.Ref || len(b.started(s)) != 2 {
				t.Errorf("%s adopted %t (%v) after %s; the server has %v", again.Ref, again.Adopted, err, first.Ref, b.started(s))
			}
		})
	}
}

// The failure of an operation whose start's reply was lost is still the
// caller's to hear of: it is not started again.
func TestFailedBehindALostReply(t *testing.T) {
	t.Parallel()
	for _, s := range allStarters() {
		t.Run(string(s.method), func(t *testing.T) {
			t.Parallel()
			b := newBench(t).stage(s)
			b.service.Plan(s.method, testsuite.Script{End: testsuite.Fail(lro.CodeInternal, "no")})
			b.service.AddFaults(testsuite.LostReply().On(s.method).Calls(1, 1))
			out, err := b.attempts().start(s)
			if err != nil || out.Operation.State() != lro.StateFailed || len(b.started(s)) != 1 {
				t.Errorf("%s is %s (%v); the server has %v", out.Ref, out.Operation.State(), err, b.started(s))
			}
		})
	}
}

// Without a start, adopt-only finds nothing and starts nothing; after one whose
// reply was lost it finds it.
func TestAdoptOnly(t *testing.T) {
	t.Parallel()
	for _, s := range allStarters() {
		t.Run(string(s.method), func(t *testing.T) {
			t.Parallel()
			b := newBench(t).stage(s)
			b.service.Plan(s.method, testsuite.Script{RunsFor: time.Hour})
			in := s.input()
			in.AdoptOnly = true
			var out starters.StartOutput
			if err := b.attempts().run(s.activity, in, &out); err != nil || out.Found {
				t.Fatalf("found %s (%v) before anything was started", out.Ref, err)
			}
			b.service.AssertCalls(t, s.method, 0)
			a := b.attempts()
			first, err := a.start(s)
			if err != nil {
				t.Fatal(err)
			}
			in.Known = a.beat // as if the worker had died with the reply
			if err := b.attempts().run(s.activity, in, &out); err != nil || out.Ref != first.Ref {
				t.Errorf("found %s (%v), want %s", out.Ref, err, first.Ref)
			}
			b.service.AssertCalls(t, s.method, 1)
		})
	}
}
