package testsuite

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/awaitop/awaitop/lro"
)

// actOnResource does what one of Spanner's own methods does. Which method a URL
// means is decided in route.go; here are no paths.
func (s *Service) actOnResource(r request) reply {
	switch r.method {
	case MethodGetInstance:
		return s.getResource(kindInstance, r.name)
	case MethodGetDatabase:
		return s.getResource(kindDatabase, r.name)
	case MethodGetBackup:
		return s.getResource(kindBackup, r.name)
	case MethodListInstances:
		return s.listResources(kindInstance, r)
	case MethodListDatabases:
		return s.listResources(kindDatabase, r)
	case MethodListBackups:
		return s.listResources(kindBackup, r)
	case MethodDeleteInstance:
		return s.deleteInstance(r.name)
	case MethodDropDatabase:
		return s.dropResource(kindDatabase, r.name)
	case MethodDeleteBackup:
		return s.dropResource(kindBackup, r.name)
	default:
		return s.actOnBody(r)
	}
}

// actOnBody does what the methods do that take a body.
func (s *Service) actOnBody(r request) reply {
	switch r.method {
	case MethodCreateInstance:
		return s.createInstance(r)
	case MethodUpdateInstance:
		return s.updateInstance(r)
	case MethodCreateDatabase:
		return s.createDatabase(r)
	case MethodUpdateDatabase:
		return s.updateDatabase(r)
	case MethodUpdateDatabaseDdl:
		return s.updateDatabaseDdl(r)
	case MethodGetDatabaseDdl:
		return s.getDatabaseDdl(r.name)
	case MethodRestoreDatabase:
		return s.restoreDatabase(r)
	case MethodCreateBackup:
		return s.createBackup(r)
	case MethodCopyBackup:
		return s.copyBackup(r)
	case MethodUpdateBackup:
		return s.updateBackup(r)
	default:
		return notFound("method", string(r.method))
	}
}

// nextScript is the script for the next start of a method.
func (s *Service) nextScript(method Method) Script {
	plan := s.plans[method]
	if len(plan) == 0 {
		return Script{}
	}
	if len(plan) > 1 {
		s.plans[method] = plan[1:]
	}
	return plan[0]
}

// launch is one start of an operation by a method.
type launch struct {
	method   Method
	target   string // the resource the operation is filed under
	id       string // "" for one of the service's own
	metadata Metadata
	response func() json.RawMessage
}

// launch starts an operation by the method's plan. The answer is as the
// operation then stands: with nothing to wait for, it is done.
func (s *Service) launch(l launch) (*operation, reply) {
	name := l.target + "/operations/" + l.id
	if l.id == "" {
		name += fmt.Sprintf("_auto_op_%d", s.serial+1)
	}
	if s.operations[name] != nil {
		return nil, failed(lro.CodeAlreadyExists, "Operation already exists: "+name)
	}
	script := s.nextScript(l.method)
	if strings.Contains(l.target, "/databases/") && script.OnDelete == (Delete{}) {
		script.OnDelete = DeleteUnimplemented()
	}
	op := s.begin(name, script, l.metadata, l.response)
	return op, reply{}
}

// started is the reply to a start.
func (s *Service) started(op *operation) reply {
	now := s.clock.Now()
	op.settle(now, false)
	return ok(op.json(now))
}

// dropResource deletes at once: deletes are no operations in Spanner.
func (s *Service) dropResource(k kind, name string) reply {
	if s.find(name) == nil {
		return notFound(k.singular, name)
	}
	s.drop(name)
	return empty
}

// deleteInstance refuses while there are backups, as Spanner does: who undoes a
// provisioning must delete those first. Databases go with their instance.
func (s *Service) deleteInstance(name string) reply {
	if s.holdsBackups(name) {
		return failed(lro.CodeFailedPrecondition, "cannot delete instance "+name+": it holds backups")
	}
	return s.dropResource(kindInstance, name)
}

// decode reads a body that has a struct of its own; an empty one is all zero.
func decode(body []byte, into any) *reply {
	if len(body) == 0 {
		return nil
	}
	if err := json.Unmarshal(body, into); err != nil {
		refusal := invalidArgument("invalid JSON payload: %v", err)
		return &refusal
	}
	return nil
}

// pick returns the fields that a comma-separated mask names, in snake_case or
// camelCase, whole fields only; all of them for an empty mask.
func pick(fields map[string]any, mask string) map[string]any {
	picked := map[string]any{}
	for name, value := range fields {
		if name != "name" && (mask == "" || inMask(mask, name)) {
			picked[name] = value
		}
	}
	return picked
}

func inMask(mask, field string) bool {
	for path := range strings.SplitSeq(mask, ",") {
		top, _, _ := strings.Cut(strings.TrimSpace(path), ".")
		if top == field || camelCase(top) == field {
			return true
		}
	}
	return false
}
