package testsuite_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
)

// refusal is an input, and the field and value its error names.
type refusal struct {
	name  string
	do    func(*testsuite.Service)
	field string
	value string
}

// runRefusals gives the input to a service that is no test's: it panics.
func runRefusals(t *testing.T, rows []refusal) {
	t.Helper()
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			service, err := testsuite.NewService(testsuite.Options{})
			if err != nil {
				t.Fatal(err)
			}
			service.Start(opName, testsuite.Script{RunsFor: time.Hour})
			defer func() {
				err, _ := recover().(error)
				var invalid *lro.InvalidError
				if !errors.As(err, &invalid) {
					t.Fatalf("error %v, want an InvalidError", err)
				}
				if diff := cmp.Diff([]string{row.field, row.value}, []string{invalid.Field, invalid.Value}); diff != "" {
					t.Errorf("field and value (-want +got):\n%s", diff)
				}
			}()
			row.do(service)
		})
	}
}

func start(script testsuite.Script) func(*testsuite.Service) {
	return func(s *testsuite.Service) { s.Start(instance+"/operations/o", script) }
}

func add(fault testsuite.Fault) func(*testsuite.Service) {
	return func(s *testsuite.Service) { s.AddFaults(testsuite.Fault{}, fault) }
}

func create(options testsuite.Options) func(*testsuite.Service) {
	return func(*testsuite.Service) {
		if _, err := testsuite.NewService(options); err != nil {
			panic(err)
		}
	}
}

func TestInvalidScripts(t *testing.T) {
	t.Parallel()
	bad := func() {}
	runRefusals(t, []refusal{
		{"negative time", start(testsuite.Script{RunsFor: -1}), "script.runsFor", "-1"},
		{"negative polls", start(testsuite.Script{Polls: -2}), "script.polls", "-2"},
		{"negative hidden time", start(testsuite.Script{HiddenFor: -3}), "script.hiddenFor", "-3"},
		{"negative hidden gets", start(testsuite.Script{HiddenGets: -4}), "script.hiddenGets", "-4"},
		{"negative expiry", start(testsuite.Script{ExpiresAfter: -5}), "script.expiresAfter", "-5"},
		{"negative percent", start(testsuite.Script{EndPercent: -6}), "script.endPercent", "-6"},
		{"too many percent", start(testsuite.Script{EndPercent: 101}), "script.endPercent", "101"},
		{"end without JSON", start(testsuite.Script{End: testsuite.Succeed(bad)}), "script.end", "json: unsupported type: func()"},
		{"end of bad JSON", start(testsuite.Script{End: testsuite.Succeed("{")}), "script.end", "not JSON: unexpected end of JSON input"},
		{"error with code OK", start(testsuite.Script{End: testsuite.Fail(lro.CodeOK, "")}), "script.end", "an error's code cannot be OK"},
		{"detail without JSON", start(testsuite.Script{End: testsuite.Fail(lro.CodeAborted, "", bad)}), "script.end", "json: unsupported type: func()"},
		{"cancel before it is sent", start(testsuite.Script{OnCancel: testsuite.HonorCancel(-time.Second)}), "script.onCancel.after", "-1s"},
		{"cancel refused with OK", start(testsuite.Script{OnCancel: testsuite.RefuseCancel(lro.CodeOK, "")}), "script.onCancel", "an error's code cannot be OK"},
		{"cancel fails with OK", start(testsuite.Script{OnCancel: testsuite.FailOnCancel(0, lro.CodeOK, "")}), "script.onCancel", "an error's code cannot be OK"},
		{"fault of a script", start(testsuite.Script{Faults: []testsuite.Fault{testsuite.Unavailable().Calls(3, 2)}}), "script.faults[0].last", "2"},
	})
}

func TestInvalidFaults(t *testing.T) {
	t.Parallel()
	runRefusals(t, []refusal{
		{"fault of a misspelled method", add(testsuite.Unavailable().On("CreateDatabas")), "faults[1].on", "CreateDatabas"},
		{"fault from before the first", add(testsuite.Unavailable().Calls(-1, 2)), "faults[1].first", "-1"},
		{"fault after negative", add(testsuite.Unavailable().During(-time.Second, 0)), "faults[1].after", "-1s"},
		{"fault inverted", add(testsuite.Unavailable().During(time.Minute, time.Second)), "faults[1].until", "1s"},
		{"fault negative delay", add(testsuite.Slow(-time.Second)), "faults[1].delay", "-1s"},
		{"fault negative advice", add(testsuite.Unavailable().WithRetryAfter(-time.Second)), "faults[1].retryAfter", "-1s"},
		{"fault with code OK", add(testsuite.FailWith(lro.CodeOK, "")), "faults[1]", "an error's code cannot be OK"},
		{"fault of no error", add(testsuite.OlderError(200, "quotaExceeded", "no")), "faults[1]", "HTTP 200 with the reason \"quotaExceeded\" is no error of the older form: want 400 to 599, and a reason"},
		{"fault without a reason", add(testsuite.OlderError(409, "", "no")), "faults[1]", "HTTP 409 with the reason \"\" is no error of the older form: want 400 to 599, and a reason"},
		{"fault of no HTTP status", add(testsuite.HTMLPage(99)), "faults[1]", "99 is no final HTTP status, which are 200 to 599"},
	})
}

func TestInvalidInput(t *testing.T) {
	t.Parallel()
	const alloyDB = "alloydb.googleapis.com"
	onAlloyDB := func(do func(*testsuite.Service)) func(*testsuite.Service) {
		return func(*testsuite.Service) {
			s, err := testsuite.NewService(testsuite.Options{Service: alloyDB})
			if err != nil {
				panic(err)
			}
			do(s)
		}
	}
	runRefusals(t, []refusal{
		{"fault of another service's method", create(testsuite.Options{Service: alloyDB, Faults: []testsuite.Fault{testsuite.LostReply().On("CreateInstance")}}), "options.faults[0].on", "CreateInstance"},
		{"plan of another service's method", create(testsuite.Options{Service: alloyDB, Plans: map[testsuite.Method][]testsuite.Script{"CreateDatabase": {{}}}}), "options.plans", "CreateDatabase"},
		{"plan of Spanner's own start", create(testsuite.Options{Service: alloyDB, Plans: map[testsuite.Method][]testsuite.Script{"OptimizeRestoredDatabase": {{}}}}), "options.plans", "OptimizeRestoredDatabase"},
		{"count of another service's method", onAlloyDB(func(s *testsuite.Service) { s.Count("CreateInstance") }), "method", "CreateInstance"},
		{"plan of what starts nothing", func(s *testsuite.Service) { s.Plan(testsuite.MethodGet) }, "plan", "GetOperation"},
		{"plan of a bad script", func(s *testsuite.Service) {
			s.Plan("CreateInstance", testsuite.Script{}, testsuite.Script{Polls: -1})
		}, "plan.CreateInstance[1].polls", "-1"},
		{"no name", func(s *testsuite.Service) { s.Start("", testsuite.Script{}) }, "ref.name", ""},
		{"name in use", func(s *testsuite.Service) { s.Start(opName, testsuite.Script{}) }, "ref.name", opName},
		{"resource of no kind", func(s *testsuite.Service) { s.Put("projects/p", nil) }, "name", "projects/p"},
		{"end of nothing", func(s *testsuite.Service) { s.Finish(lro.Ref{}, testsuite.End{}) }, "ref", ""},
		{"no service", create(testsuite.Options{Service: "http://x"}), "ref.service", "http://x"},
		{"negative page", create(testsuite.Options{PageSize: -1}), "options.pageSize", "-1"},
		{"options with a bad fault", create(testsuite.Options{Faults: []testsuite.Fault{testsuite.Unavailable().Calls(-1, 0)}}), "options.faults[0].first", "-1"},
		{"options with a bad plan", create(testsuite.Options{Plans: map[testsuite.Method][]testsuite.Script{"X": nil}}), "options.plans", "X"},
	})
}

// A service that the catalog does not have takes the names of Spanner's methods: no table says which it has.
func TestServiceOfNoCatalog(t *testing.T) {
	t.Parallel()
	_, err := testsuite.NewService(testsuite.Options{
		Service: "library.example.com", Faults: []testsuite.Fault{testsuite.LostReply().On("CreateInstance")},
		Plans: map[testsuite.Method][]testsuite.Script{"CreateDatabase": {{}}},
	})
	if err != nil {
		t.Error(err)
	}
}
