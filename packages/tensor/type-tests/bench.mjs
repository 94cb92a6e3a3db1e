import ts from 'typescript'
const c=ts.getParsedCommandLineOfConfigFile('tsconfig.json',{}, {...ts.sys,onUnRecoverableConfigFileDiagnostic(){}})
const p=ts.createProgram(c.fileNames,c.options)
const f=n=>p.getSourceFiles().find(s=>s.fileName.endsWith('type-tests/'+n))
for(const n of ['operations.ts','inferred.ts','misfits.ts','bench_tmp.ts']){const b=p.getInstantiationCount(),t=performance.now();const e=p.getSemanticDiagnostics(f(n));console.log(n,e.length,p.getInstantiationCount()-b,(performance.now()-t).toFixed(0)+' ms')
if(n==='bench_tmp.ts')console.log(e.slice(0,3).map(x=>ts.flattenDiagnosticMessageText(x.messageText,'\n')))}
