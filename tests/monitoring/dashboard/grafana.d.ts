/** A dashboard as Grafana's own types have it, with the types of the panels' options filled in. */
import type * as dashboard from "@grafana/schema/dist/types/raw/dashboard/x/types.gen";
import type * as stat from "@grafana/schema/dist/types/raw/composable/stat/panelcfg/x/types.gen";
import type * as timeseries from "@grafana/schema/dist/types/raw/composable/timeseries/panelcfg/x/types.gen";

/** What JSON holds of a type: the values of an enum in place of its members. */
type Json<T> = T extends string
  ? `${T}`
  : T extends (infer Item)[]
    ? Json<Item>[]
    : T extends object
      ? { [Field in keyof T]: Json<T[Field]> }
      : T;

interface Target {
  datasource: dashboard.DataSourceRef;
  expr: string;
  instant?: boolean;
  legendFormat: string;
  range?: boolean;
  refId: string;
}

interface Drawn<Type extends string, Options, Custom> extends Omit<dashboard.Panel, "fieldConfig" | "options" | "targets" | "type"> {
  type: Type;
  options: Options;
  fieldConfig: {
    defaults: Omit<dashboard.FieldConfig, "custom"> & { custom?: Custom };
    overrides: NonNullable<dashboard.FieldConfigSource["overrides"]>;
  };
  targets: Target[];
}

export type Row = Json<dashboard.RowPanel>;
export type Curves = Json<Drawn<"timeseries", timeseries.Options, timeseries.FieldConfig>>;
export type Stat = Json<Drawn<"stat", stat.Options, never>>;
export type Board = Json<Omit<dashboard.Dashboard, "panels">>;
