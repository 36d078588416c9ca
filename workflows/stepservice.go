package workflows

import (
	"cmp"
	"strings"
)

// Services share forms of names: Spanner, Cloud SQL and Bigtable each have projects/p/instances/i. So a saga compares
// targets together with their services.

// sameService reports whether two steps are of one service, by their operations, or by what starts them as long as one
// of them has no operation. It is not known if neither tells.
func (r *stepRun) sameService(other *stepRun) (same, known bool) {
	if one, two := r.outcome.Ref.Service, other.outcome.Ref.Service; one != "" && two != "" {
		return one == two, true
	}
	one, two := r.step.api(), other.step.api()
	known = one != "" && two != ""
	return known && one == two, known
}

// api is the word for the service in the names of the step's activity and method, such as "alloydb". It is "" for a
// starter that is not awaitop's.
func (s Step[T]) api() string {
	name, own := strings.CutPrefix(cmp.Or(s.Activity, s.Undo), "awaitop.")
	if !own {
		return ""
	}
	if s.Method != "" {
		name = s.Method[strings.LastIndexByte(s.Method, ':')+1:] // behind a version
	}
	word, _, _ := strings.Cut(name, ".")
	return word
}

// holds reports whether a resource is another, or stands in it.
func holds(name, inside string) bool {
	return inside == name || strings.HasPrefix(inside, name+"/")
}

// tellApart lets steps name their targets with the service, if steps of two services have targets of one name.
func (s *Saga) tellApart() {
	named := map[string][]*stepRun{}
	for _, step := range s.steps {
		r, ok := step.(*stepRun)
		if !ok {
			continue
		}
		for _, other := range named[r.step.Target] {
			if same, known := r.sameService(other); known && !same {
				r.ambiguous, other.ambiguous = true, true
			}
		}
		named[r.step.Target] = append(named[r.step.Target], r)
	}
}

// inFull is the step's target with its service, or with what starts it as long as there is no operation.
func (r *stepRun) inFull() string {
	if service := r.outcome.Ref.Service; service != "" {
		return "//" + service + "/" + r.step.Target
	}
	return cmp.Or(r.step.Method, r.step.Activity) + " " + r.step.Target
}
