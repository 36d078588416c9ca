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
	if k, ok := gets[r.method]; ok {
		return s.getResource(k, r.name)
	}
	if k, ok := lists[r.method]; ok {
		return s.listResources(k, r)
	}
	if k, ok := drops[r.method]; ok {
		return s.dropResource(k, r.name)
	}
	if r.method == MethodDeleteInstance {
		return s.deleteInstance(r.name)
	}
	return s.actOnBody(r)
}

var (
	gets = map[Method]kind{
		MethodGetInstance: kindInstance, MethodGetDatabase: kindDatabase, MethodGetBackup: kindBackup,
		MethodGetInstanceConfig: kindConfig, MethodGetInstancePartition: kindPartition,
	}
	lists = map[Method]kind{
		MethodListInstances: kindInstance, MethodListDatabases: kindDatabase, MethodListBackups: kindBackup,
		MethodListInstanceConfigs: kindConfig, MethodListInstancePartitions: kindPartition,
	}
	drops = map[Method]kind{
		MethodDropDatabase: kindDatabase, MethodDeleteBackup: kindBackup,
		MethodDeleteInstanceConfig: kindConfig, MethodDeleteInstancePartition: kindPartition,
	}
)

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
	case MethodMoveInstance:
		return s.moveInstance(r)
	case MethodChangeQuorum:
		return s.changeQuorum(r)
	case MethodCreateInstanceConfig:
		return s.createConfig(r)
	case MethodUpdateInstanceConfig:
		return s.updateConfig(r)
	case MethodCreateInstancePartition:
		return s.createPartition(r)
	case MethodUpdateInstancePartition:
		return s.updatePartition(r)
	default:
		return notFound("method", string(r.method))
	}
}

// nextScript is the script for the next start of a method on a target.
func (s *Service) nextScript(method Method, target string) Script {
	if plan := s.targetPlans[planned{method, target}]; len(plan) > 0 {
		script, rest := next(plan)
		s.targetPlans[planned{method, target}] = rest
		return script
	}
	if plan := s.plans[method]; len(plan) > 0 {
		script, rest := next(plan)
		s.plans[method] = rest
		return script
	}
	return Script{}
}

// next takes a plan's first script; the last is for all further starts.
func next(plan []Script) (Script, []Script) {
	if len(plan) == 1 {
		return plan[0], plan
	}
	return plan[0], plan[1:]
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
	script := s.nextScript(l.method, l.target)
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
	return show(op, now)
}

// makeResource starts the operation that makes a resource.
func (s *Service) makeResource(r request, k kind, metadata Metadata, fields map[string]any) reply {
	if s.find(r.name) != nil {
		return alreadyExists(k, r.name)
	}
	op, refusal := s.launch(launch{method: r.method, target: r.name, metadata: metadata, response: s.asResponse(r.name, k)})
	if op == nil {
		return refusal
	}
	s.put(r.name, fields, op)
	return s.started(op)
}

// changeResource starts the operation that changes fields of a resource.
func (s *Service) changeResource(r request, k kind, metadata Metadata, fields map[string]any) reply {
	found := s.find(r.name)
	if found == nil {
		return notFound(k.singular, r.name)
	}
	op, refusal := s.launch(launch{method: r.method, target: r.name, metadata: metadata, response: s.asResponse(r.name, k)})
	if op == nil {
		return refusal
	}
	found.changes = append(found.changes, change{by: op, fields: fields})
	return s.started(op)
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
