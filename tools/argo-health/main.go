// argo-health says what Argo CD makes of resources by a health check in Lua.
//
//	argo-health SCRIPT < resources, one JSON object a line > what Argo CD says of each, one JSON object a line
//
// It opens the libraries that Argo CD opens for a check of one's own (util/lua/lua.go): package, base and table, with os.time and
// os.date, and neither string nor math. It hands the resource over as Argo CD does, and gives the script a second.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"time"

	lua "github.com/yuin/gopher-lua"
)

var version = "unknown"

// The words that Argo CD takes; any other is no health to it.
var known = map[string]bool{
	"Healthy": true, "Progressing": true, "Degraded": true, "Suspended": true, "Missing": true, "Unknown": true,
}

type health struct {
	Status  string `json:"status"`
	Message string `json:"message"`
}

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: argo-health SCRIPT, with gopher-lua", version)
		os.Exit(2)
	}
	if err := run(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "argo-health:", err)
		os.Exit(1)
	}
}

func run(file string) error {
	script, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<24)
	for lines.Scan() {
		var resource map[string]any
		if err := json.Unmarshal(lines.Bytes(), &resource); err != nil {
			return err
		}
		found, err := of(string(script), resource)
		if err != nil {
			return fmt.Errorf("%s: %w", lines.Text(), err)
		}
		if err := json.NewEncoder(os.Stdout).Encode(found); err != nil {
			return err
		}
	}
	return lines.Err()
}

func of(script string, resource map[string]any) (health, error) {
	state := lua.NewState(lua.Options{SkipOpenLibs: true})
	defer state.Close()
	for name, open := range map[string]lua.LGFunction{
		lua.LoadLibName: lua.OpenPackage,
		lua.BaseLibName: lua.OpenBase,
		lua.TabLibName:  lua.OpenTable,
		lua.OsLibName:   openTime,
	} {
		if err := state.CallByParam(lua.P{Fn: state.NewFunction(open), Protect: true}, lua.LString(name)); err != nil {
			return health{}, err
		}
	}
	ends, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	state.SetContext(ends)
	state.SetGlobal("obj", value(state, resource))
	if err := state.DoString(script); err != nil {
		return health{}, err
	}
	table, ok := state.Get(-1).(*lua.LTable)
	if !ok {
		return health{}, fmt.Errorf("the script returns no table")
	}
	text := func(key string) string { return lua.LVAsString(table.RawGetString(key)) }
	found := health{Status: text("status"), Message: text("message")}
	if !known[found.Status] {
		return found, fmt.Errorf("%q is no health", found.Status)
	}
	return found, nil
}

func openTime(state *lua.LState) int {
	now := func(state *lua.LState) int {
		state.Push(lua.LNumber(time.Now().Unix()))
		return 1
	}
	state.Push(state.RegisterModule(lua.OsLibName, map[string]lua.LGFunction{"time": now, "date": now}))
	return 1
}

func value(state *lua.LState, of any) lua.LValue {
	switch of := of.(type) {
	case bool:
		return lua.LBool(of)
	case float64:
		return lua.LNumber(of)
	case string:
		return lua.LString(of)
	case []any:
		table := state.CreateTable(len(of), 0)
		for _, item := range of {
			table.Append(value(state, item))
		}
		return table
	case map[string]any:
		table := state.CreateTable(0, len(of))
		for key, item := range of {
			table.RawSetString(key, value(state, item))
		}
		return table
	default:
		return lua.LNil
	}
}
