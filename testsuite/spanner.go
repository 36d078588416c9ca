package testsuite

import (
	"cmp"
	"encoding/json"
	"fmt"
	"reflect"

	"google.golang.org/api/spanner/v1"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite/internal/spannerjson"
)

// action is one of Spanner's methods that takes a body. route.go decides which method
// a URL means; here are no paths.
type action struct {
	body reflect.Type // the message in the body
	act  func(*Service, request) reply
}

var actions = map[Method]action{
	createInstance:          {reflect.TypeFor[spanner.CreateInstanceRequest](), (*Service).createInstance},
	updateInstance:          {reflect.TypeFor[spanner.UpdateInstanceRequest](), (*Service).updateInstance},
	moveInstance:            {reflect.TypeFor[spanner.MoveInstanceRequest](), (*Service).moveInstance},
	createDatabase:          {reflect.TypeFor[spanner.CreateDatabaseRequest](), (*Service).createDatabase},
	updateDatabase:          {reflect.TypeFor[spanner.Database](), (*Service).updateDatabase},
	updateDatabaseDdl:       {reflect.TypeFor[spanner.UpdateDatabaseDdlRequest](), (*Service).updateDatabaseDdl},
	restoreDatabase:         {reflect.TypeFor[spanner.RestoreDatabaseRequest](), (*Service).restoreDatabase},
	changeQuorum:            {reflect.TypeFor[spanner.ChangeQuorumRequest](), (*Service).changeQuorum},
	createBackup:            {reflect.TypeFor[spanner.Backup](), (*Service).createBackup},
	copyBackup:              {reflect.TypeFor[spanner.CopyBackupRequest](), (*Service).copyBackup},
	updateBackup:            {reflect.TypeFor[spanner.Backup](), (*Service).updateBackup},
	createInstanceConfig:    {reflect.TypeFor[spanner.CreateInstanceConfigRequest](), (*Service).createConfig},
	updateInstanceConfig:    {reflect.TypeFor[spanner.UpdateInstanceConfigRequest](), (*Service).updateConfig},
	createInstancePartition: {reflect.TypeFor[spanner.CreateInstancePartitionRequest](), (*Service).createPartition},
	updateInstancePartition: {reflect.TypeFor[spanner.UpdateInstancePartitionRequest](), (*Service).updatePartition},
}

var (
	gets = map[Method]kind{
		getInstance: kindInstance, getDatabase: kindDatabase, getBackup: kindBackup,
		getInstanceConfig: kindConfig, getInstancePartition: kindPartition,
	}
	lists = map[Method]kind{
		listInstances: kindInstance, listDatabases: kindDatabase, listBackups: kindBackup,
		listInstanceConfigs: kindConfig, listInstancePartitions: kindPartition,
	}
	drops = map[Method]kind{
		dropDatabase: kindDatabase, deleteBackup: kindBackup, deleteInstance: kindInstance,
		deleteInstanceConfig: kindConfig, deleteInstancePartition: kindPartition,
	}
)

// actOnResource does what one of Spanner's own methods does.
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
	if r.method == getDatabaseDdl {
		return s.getDatabaseDdl(r.name)
	}
	return s.actOnBody(r)
}

// actOnBody runs a method that takes a body. It brings the body into the form that
// proto JSON writes, whatever form the caller gave it.
func (s *Service) actOnBody(r request) reply {
	a, known := actions[r.method]
	if !known {
		return notFound("method", string(r.method))
	}
	fields, err := spannerjson.Read(a.body, r.body)
	if err != nil {
		return invalidArgument("%v", err)
	}
	r.body = object(fields)
	return a.act(s, r)
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

// next takes a plan's first script. The last script stays, for all further starts.
func next(plan []Script) (Script, []Script) {
	if len(plan) == 1 {
		return plan[0], plan
	}
	return plan[0], plan[1:]
}

// launch is one start of an operation by a method.
type launch struct {
	method   Method
	target   string // the resource the operation is about
	name     string // of the operation; "" for one below the target
	id       string // "" for one of the service's own
	metadata Metadata
	response func() json.RawMessage
	// keepsMetadata adds a script's metadata to the method's, whose fields make up the operation.
	keepsMetadata bool
}

// launch starts an operation by the method's plan. The answer is as the
// operation then stands: with nothing to wait for, it is done.
func (s *Service) launch(l launch) (*operation, reply) {
	name := cmp.Or(l.name, l.target+"/operations/"+cmp.Or(l.id, fmt.Sprintf("_auto_op_%d", s.serial+1)))
	if s.operations[name] != nil {
		return nil, failed(lro.CodeAlreadyExists, "Operation already exists: "+name)
	}
	script := s.nextScript(l.method, l.target)
	if l.keepsMetadata && script.Metadata != nil {
		script.Metadata = both(l.metadata, script.Metadata)
	}
	op := s.add(name, script, l.metadata, l.response)
	op.method, op.target = l.method, l.target
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

// changeResource starts the operation that changes fields of a resource to the
// given values; nil clears a field.
func (s *Service) changeResource(r request, k kind, metadata Metadata, fields map[string]any) reply {
	if refusal := s.unchangeable(k, r); refusal != nil {
		return *refusal
	}
	op, refusal := s.launch(launch{method: r.method, target: r.name, metadata: metadata, response: s.asResponse(r.name, k)})
	if op == nil {
		return refusal
	}
	found := s.find(r.name)
	found.changes = append(found.changes, change{by: op, fields: fields})
	return s.started(op)
}

// updateResource is changeResource for the fields that a mask names.
func (s *Service) updateResource(r request, k kind, metadata Metadata, fields map[string]any, mask string) reply {
	masked, err := spannerjson.Masked(k.schema, fields, mask)
	if err != nil {
		return invalidArgument("%v", err)
	}
	delete(masked, "name")
	return s.changeResource(r, k, metadata, masked)
}

// dropResource deletes at once: deletes are no operations in Spanner.
func (s *Service) dropResource(k kind, name string) reply {
	if s.find(name) == nil {
		return notFound(k.singular, name)
	}
	if why := s.undroppable(k, name); why != "" {
		return failedPrecondition("cannot delete %s: %s", name, why)
	}
	s.drop(name)
	return empty
}
